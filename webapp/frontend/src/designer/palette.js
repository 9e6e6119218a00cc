// The palette: about ten things that a county draws with, and the tools to draw. What BPMN has
// besides can be had from an element's own menu.
import { settings } from "./keeping.js";
import { wayOf } from "./templates.js";

const THINGS = [
  ["step", "环节（要人办）", "bpmn-icon-user-task", { type: "bpmn:UserTask", name: "办理", "gov:limit": "3 workday" }],
  ["choice", "判断", "bpmn-icon-gateway-xor", { type: "bpmn:ExclusiveGateway", name: "怎么办？" }],
  ["parallel", "并行", "bpmn-icon-gateway-parallel", { type: "bpmn:ParallelGateway" }],
  ["joint", "联办：征求部门意见", "bpmn-icon-parallel-mi-marker", { type: "bpmn:CallActivity", name: "征求部门意见", calledElement: "consultation" }],
  ["tolerance", "容缺补齐", "bpmn-icon-receive-task", { type: "bpmn:CallActivity", name: "容缺补齐", calledElement: "tolerance" }],
  ["special", "特别程序", "bpmn-icon-intermediate-event-catch-timer", { type: "bpmn:CallActivity", name: "特别程序", calledElement: "special" }],
  ["document", "文书、时限等动作", "bpmn-icon-service-task", { type: "bpmn:ServiceTask", name: "发出文书" }],
  ["timer", "时限提醒（拖到环节边上）", "bpmn-icon-start-event-timer", { type: "bpmn:IntermediateCatchEvent", eventDefinitionType: "bpmn:TimerEventDefinition", name: "到期" }],
  ["part", "调用共用部分", "bpmn-icon-call-activity", { type: "bpmn:CallActivity", name: "共用部分" }],
  ["end", "结束", "bpmn-icon-end-event-none", { type: "bpmn:EndEvent", name: "办结" }],
];

export class Palette {
  constructor(palette, create, elementFactory, bpmnFactory, spaceTool, lassoTool, handTool, globalConnect) {
    Object.assign(this, { create, elementFactory, bpmnFactory, spaceTool, lassoTool, handTool, globalConnect });
    palette.registerProvider(400, this);
  }

  // What goes into a called part and comes out of it, as everywhere else in the library.
  give(object, { ins, outs }) {
    const values = [
      ...ins.map((one) => this.bpmnFactory.create("gov:In", one)),
      ...outs.map((one) => this.bpmnFactory.create("gov:Out", one)),
    ];
    if (!values.length) return;
    const extensions = this.bpmnFactory.create("bpmn:ExtensionElements", { values });
    for (const one of values) one.$parent = extensions;
    extensions.$parent = object;
    object.extensionElements = extensions;
  }

  // Replaces what bpmn-js offers by itself.
  getPaletteEntries() {
    return () => (settings.readOnly ? this.hand() : { ...this.tools(), ...this.things() });
  }

  hand() {
    return { hand: this.tools().hand };
  }

  tools() {
    const tool = (title, className, start) => ({
      group: "tools",
      className,
      title,
      action: { click: (event) => start(event) },
    });
    return {
      hand: tool("移动画面", "bpmn-icon-hand-tool", (event) => this.handTool.activateHand(event)),
      lasso: tool("框选", "bpmn-icon-lasso-tool", (event) => this.lassoTool.activateSelection(event)),
      space: tool("拉开或收拢", "bpmn-icon-space-tool", (event) => this.spaceTool.activateSelection(event)),
      connect: tool("连线", "bpmn-icon-connection-multi", (event) => this.globalConnect.start(event)),
      line: { group: "tools", separator: true },
    };
  }

  things() {
    const entries = THINGS.map(([key, title, className, made]) => {
      const start = (event) => this.create.start(event, this.shape(made));
      return [key, { group: "things", className, title, action: { dragstart: start, click: start } }];
    });
    return Object.fromEntries(entries);
  }

  shape({ type, eventDefinitionType, ...values }) {
    const object = this.bpmnFactory.create(type, values);
    if (values.calledElement) this.give(object, wayOf(values.calledElement));
    return this.elementFactory.createShape({ type, businessObject: object, eventDefinitionType });
  }
}
Palette.$inject = [
  "palette", "create", "elementFactory", "bpmnFactory", "spaceTool", "lassoTool", "handTool", "globalConnect",
];

export default { __init__: ["countyPalette"], countyPalette: ["type", Palette] };
