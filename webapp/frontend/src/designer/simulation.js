// The simulation of tokens, on a copy of the drawing: nothing that it does can reach the file.
// Loaded when somebody asks for it.
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";
import "./simulation.css";
import Viewer from "bpmn-js/lib/NavigatedViewer";
import { is } from "bpmn-js/lib/util/ModelUtil";
import tokens from "bpmn-js-token-simulation/lib/base.js";
import { TOGGLE_MODE_EVENT, TRACE_EVENT } from "bpmn-js-token-simulation/lib/util/EventHelper.js";
import translation from "./translate.js";

const CLOSEST = 0.6; // the simulation hides its buttons on a smaller drawing
const waits = (element) => !element.labelTarget && (is(element, "bpmn:UserTask") || is(element, "bpmn:CallActivity"));

// The line that goes straight on is the ordinary way in the county's drawings: a choice begins with it.
function straightOn(gateway, simulator, settings) {
  const lines = gateway.outgoing ?? [];
  const straight = lines.find(({ waypoints: [from, to, ...more] }) => !more.length && to.x > from.x && to.y === from.y);
  for (const _line of lines) {
    if (straight && simulator.getConfig(gateway).activeOutgoing !== straight) settings.setSequenceFlow(gateway);
  }
}

// Shows `xml` in `container`, at the part of the drawing that `view` tells; gives what ends it.
export async function simulate(container, xml, { descriptor, view }) {
  const viewer = new Viewer({
    container,
    moddleExtensions: { gov: descriptor },
    additionalModules: [translation, tokens],
  });
  await viewer.importXML(xml);
  const [canvas, bus, registry, simulator] = ["canvas", "eventBus", "elementRegistry", "simulator"].map((name) => viewer.get(name));
  canvas.viewbox(view);
  if (canvas.zoom() < CLOSEST) canvas.zoom(CLOSEST);
  canvas.getContainer().parentNode.classList.add("simulation");
  bus.fire(TOGGLE_MODE_EVENT, { active: true });
  for (const element of registry.filter(waits)) simulator.waitAtElement(element); // a person does it, or another flow
  for (const element of registry.filter((one) => !one.labelTarget && is(one, "bpmn:ExclusiveGateway"))) {
    straightOn(element, simulator, viewer.get("exclusiveGatewaySettings"));
  }
  bus.on(TRACE_EVENT, ({ action, element }) => {
    if (action === "enter" && waits(element)) canvas.scrollToElement(element, 80);
  });
  const [start] = registry.filter((element) => is(element, "bpmn:StartEvent") && !is(element.parent, "bpmn:SubProcess") && !element.labelTarget);
  if (start) canvas.scrollToElement(start, 120);
  return () => viewer.destroy();
}
