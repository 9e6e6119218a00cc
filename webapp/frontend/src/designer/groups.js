// What the panel shows for an element: one function a group; each gives a group or nothing.
import { parse, write } from "./conditions.js";
import { button, checks, choose, feel, group, number, remark, select, text, tick } from "./controls.js";
import { children, eventDefinition, is } from "./elements.js";
import { settings } from "./keeping.js";
import { parseDue, parseLimit, writeDue, writeLimit } from "./limits.js";
import { actions, valuesOf, wayOf } from "./templates.js";

const listed = (name) =>
  settings.descriptor.enumerations
    .find((one) => one.name === name)
    .literalValues.map(({ name: value, label }) => ({ value, label }));
const OPERATIONS = settings.descriptor.enumerations.find((one) => one.name === "Operation");
const EFFECT = settings.descriptor.types.find((one) => one.name === "Effect").properties;

function general(element, changes) {
  const { businessObject: object } = element;
  const words = object.documentation?.[0]?.text ?? "";
  return group(
    "基本",
    text("名称", object.name, (value) => changes.set(element, { name: value }), { rows: 2 }),
    text("说明", words, (value) => changes.documentation(element, value), { rows: 2 }),
    text("标识", element.id, null, { readOnly: true, help: "永远不变，情形和记录都按它认。" }),
  );
}

function lane(element, changes) {
  if (!is(element, "Lane")) return null;
  const { businessObject: object } = element;
  return group(
    "谁办",
    select("岗位", object.get("gov:role"), settings.roles, (value) =>
      changes.set(element, { "gov:role": value }), { none: "请选择" }),
    remark("这条泳道里的环节都由这个岗位办；换岗位就是换人办。"),
  );
}

function who(element, changes) {
  if (!is(element, "UserTask")) return null;
  const own = changes.lane(element);
  const role = own?.businessObject.get("gov:role");
  const label = settings.roles.find((one) => one.value === role)?.label ?? role;
  const { businessObject: object } = element;
  const separate = (object.get("gov:separate") ?? "").split(/\s+/).filter(Boolean);
  return group(
    "谁办",
    text("岗位", label ?? "还没有放进泳道", null, {
      readOnly: true,
      help: "由所在的泳道决定：拖到别的泳道就换了人。",
    }),
    text("哪个单位", object.get("gov:unit"), (value) =>
      changes.set(element, { "gov:unit": value }), {
      help: "空着：按办件所在的村、乡镇和主管部门确定。联办写 department。",
    }),
    select("按参数定岗位", object.get("gov:rank"), listed("Rank"), (value) =>
      changes.set(element, { "gov:rank": value }), {
      none: "不用参数",
      help: "岗位由县政务办在事项页上选定；没有选定的由泳道的岗位办。",
    }),
    checks("谁不能是同一人", separate, changes.named("UserTask", element), (ids) =>
      changes.set(element, { "gov:separate": ids.join(" ") }), {
      help: "办过勾选环节的人，不能再办这一环节。",
    }),
  );
}

function work(element, changes) {
  if (!is(element, "UserTask")) return null;
  const { businessObject: object } = element;
  const limit = parseLimit(object.get("gov:limit"));
  const setLimit = (values) =>
    changes.set(element, { "gov:limit": writeLimit({ ...limit, ...values }) ?? "" });
  const returns = (object.get("gov:returns") ?? "none").trim();
  const named = ["none", "previous", "any"].includes(returns) ? returns : "ids";
  return group(
    "填什么、几天",
    select("填什么表", object.get("gov:form"), settings.forms, (value) =>
      changes.set(element, { "gov:form": value }), { none: "请选择" }),
    number("几天", limit.amount, (value) => setLimit({ amount: value, unit: limit.unit || "workday" })),
    select("怎么算", limit.unit, listed("LimitUnit"), (value) =>
      setLimit({ unit: value, amount: limit.amount || "1" }), { none: "没有时限" }),
    select("可以退回到", named, [
      { value: "none", label: "不能退回" },
      { value: "previous", label: "上一个环节" },
      { value: "any", label: "办过的任何环节" },
      { value: "ids", label: "指定的环节" },
    ], (value) => {
      const first = changes.named("UserTask", element)[0]?.value ?? "";
      changes.set(element, { "gov:returns": value === "ids" ? first : value });
    }),
    named === "ids"
      ? checks("指定的环节", returns.split(/\s+/), changes.named("UserTask", element), (ids) =>
          changes.set(element, { "gov:returns": ids.join(" ") || "none" }))
      : null,
    tick("可以批量办理", object.get("gov:batch") === true, (on) =>
      changes.set(element, { "gov:batch": on || undefined })),
  );
}

function instances(element, changes) {
  if (!is(element, "Activity")) return null;
  const loop = element.businessObject.loopCharacteristics;
  if (!loop?.$instanceOf("bpmn:MultiInstanceLoopCharacteristics")) return null;
  const inside = (values) => changes.setInside(element, loop, values);
  const condition = loop.completionCondition?.body ?? "";
  return group(
    "逐项办理（每个部门一份）",
    text("按哪个清单", loop.get("gov:collection"), (value) => inside({ "gov:collection": value || undefined })),
    text("每一项叫什么", loop.get("gov:item"), (value) => inside({ "gov:item": value || undefined })),
    tick("一项一项办（不是同时）", loop.isSequential, (on) => inside({ isSequential: on })),
    feel("什么时候就够了", condition, [], (value) =>
      inside({
        completionCondition: value
          ? changes.inside(element, "bpmn:FormalExpression", { body: value })
          : undefined,
      }), { help: "空着：等所有的项。" }),
  );
}

// Forms whose answers a gateway behind may ask: those of the steps before it.
function asked(flow) {
  const seen = new Set();
  const look = [flow.source];
  const forms = new Set();
  while (look.length && seen.size < 200) {
    const element = look.shift();
    if (!element || seen.has(element)) continue;
    seen.add(element);
    const form = is(element, "UserTask") && element.businessObject.get("gov:form");
    if (form) forms.add(form);
    else look.push(...(element.incoming ?? []).map((one) => one.source));
  }
  return settings.forms.filter((one) => forms.has(one.value)).flatMap((one) => one.fields);
}

function condition(element, changes) {
  if (!is(element, "SequenceFlow")) return null;
  const { source } = element;
  const choosing = ["ExclusiveGateway", "InclusiveGateway", "Activity"].some((type) => is(source, type));
  if (!choosing || (source.outgoing ?? []).length < 2) return null;
  const isDefault = source.businessObject.default === element.businessObject;
  const body = element.businessObject.conditionExpression?.body ?? "";
  const fields = asked(element);
  const simple = parse(body) ?? (body ? null : { field: fields[0]?.key ?? "outcome", sign: "=", value: "" });
  const set = (values) => changes.condition(element, write({ ...simple, ...values }));
  const field = simple && fields.find((one) => one.key === simple.field);
  const parts = [
    tick("其他情况都走这里", isDefault, (on) => {
      if (on) changes.condition(element, "");
      changes.set(source, { default: on ? element.businessObject : undefined });
    }),
  ];
  if (!isDefault && simple && fields.length) {
    const keys = fields.map((one) => ({ value: one.key, label: one.label || one.key }));
    parts.push(select("看哪一项", simple.field, keys, (value) => set({ field: value, value: "" })));
    parts.push(select("是不是", simple.sign, [
      { value: "=", label: "是" },
      { value: "!=", label: "不是" },
    ], (value) => set({ sign: value })));
    parts.push(
      field?.options?.length
        ? select("哪个答案", simple.value, field.options, (value) => set({ value }), { none: "请选择" })
        : text("哪个答案", simple.value, (value) => set({ value })),
    );
  }
  if (!isDefault) {
    parts.push(feel("条件（FEEL）", body, fields, (value) => changes.condition(element, value), {
      help: "例如 outcome = \"grant\"，tolerant = true and extended != true",
    }));
  }
  return group("什么时候走这里", ...parts);
}

function end(element, changes) {
  if (!is(element, "EndEvent")) return null;
  return group(
    "结束",
    select("办理结果", element.businessObject.get("gov:result"), listed("Result"), (value) =>
      changes.set(element, { "gov:result": value }), { none: "没有结果（共用部分的结束）" }),
  );
}

function timer(element, changes) {
  if (!is(element, "Event")) return null;
  const definition = eventDefinition(element, "TimerEventDefinition");
  if (!definition) return null;
  const holder = definition.get("gov:due") !== undefined ? definition : element.businessObject;
  const due = parseDue(holder.get("gov:due"));
  const set = (values) => {
    const written = writeDue({ ...due, ...values });
    if (holder === definition) changes.setInside(element, definition, { "gov:due": written });
    else changes.set(element, { "gov:due": written ?? "" });
  };
  return group(
    "什么时候到",
    select("看哪个时限", due.clock, listed("Clock"), (value) => set({ clock: value }), { none: "请选择" }),
    number("提前几个工作日", due.before, (value) => set({ before: value || "0" }), { help: "0：到期时。" }),
    is(element, "BoundaryEvent")
      ? tick("到了就停下正在办的环节", element.businessObject.cancelActivity !== false, (on) =>
          changes.set(element, { cancelActivity: on }))
      : null,
  );
}

// The message, signal or error that an event throws or waits for: named by its own words.
const NAMED = [
  ["MessageEventDefinition", "messageRef", "bpmn:Message", "消息", "name"],
  ["SignalEventDefinition", "signalRef", "bpmn:Signal", "信号", "name"],
  ["ErrorEventDefinition", "errorRef", "bpmn:Error", "错误", "errorCode"],
  ["EscalationEventDefinition", "escalationRef", "bpmn:Escalation", "升级", "escalationCode"],
];

function trigger(element, changes, modeler) {
  if (!is(element, "Event")) return null;
  for (const [type, ref, made, label, key] of NAMED) {
    const definition = eventDefinition(element, type);
    if (!definition) continue;
    const roots = modeler.getDefinitions().rootElements;
    const known = roots.filter((one) => one.$type === made);
    const names = known.map((one) => ({ value: one.id, label: one.name || one[key] || one.id }));
    return group(
      label,
      select(`哪个${label}`, definition[ref]?.id, names, (value) =>
        changes.setInside(element, definition, { [ref]: known.find((one) => one.id === value) }),
        { none: "请选择" }),
      text(`新的${label}`, "", (value) => {
        if (!value) return;
        const object = changes.factory.create(made, { name: value, ...(key === "name" ? {} : { [key]: value }) });
        object.$parent = modeler.getDefinitions();
        roots.push(object);
        changes.setInside(element, definition, { [ref]: object });
      }, { help: "写名字就新建一个。" }),
    );
  }
  return null;
}

function called(element, changes) {
  if (!is(element, "CallActivity")) return null;
  const { businessObject: object } = element;
  const mapping = (type, title, help) => [
    remark(title),
    ...children(element, type).map((child) => {
      const row = document.createElement("div");
      row.className = "pair";
      row.append(
        text("变量", child.name, (value) => changes.replaceChild(element, child, { name: value })),
        text("取值", child.from, (value) => changes.replaceChild(element, child, { from: value })),
        button("去掉", () => changes.remove(element, child), "btn-outline-secondary"),
      );
      return row;
    }),
    button(help, () => changes.add(element, type, { name: "level", from: "level" })),
  ];
  return group(
    "调用哪个部分",
    select("部分", object.calledElement, settings.processes, (value) =>
      value ? changes.callPart(element, value, wayOf(value)) : changes.set(element, { calledElement: "" }), {
      none: "请选择", help: "选好以后，传进传出的变量按别的流程里的用法填好。",
    }),
    ...mapping("In", "传进去的变量（没有写的都不传）：", "加一个传入"),
    ...mapping("Out", "传出来的变量：", "加一个传出"),
  );
}

function rule(element, changes) {
  if (!is(element, "BusinessRuleTask")) return null;
  const { businessObject: object } = element;
  return group(
    "查哪张表",
    select("决策表", object.get("gov:decision"), settings.decisions, (value) =>
      changes.set(element, { "gov:decision": value }), { none: "请选择" }),
    text("结果放进变量", object.get("gov:resultVariable"), (value) =>
      changes.set(element, { "gov:resultVariable": value })),
  );
}

function choicesOf(property) {
  if (property.grammar === "document") return settings.documents;
  if (property.name === "to") {
    return [...listed("Addressee"), ...settings.roles];
  }
  const known = settings.descriptor.enumerations.some((one) => one.name === property.grammar);
  if (property.grammar === "boolean") return [{ value: "true", label: "是" }];
  return known ? listed(property.grammar) : null;
}

function effect(element, changes, child) {
  const operation = OPERATIONS.literalValues.find((one) => one.name === child.do);
  const set = (name) => (value) =>
    changes.replaceChild(element, child, { [name]: value === "" ? undefined : value });
  const wanted = [...(operation?.requires ?? []), ...(operation?.allows ?? [])];
  const box = document.createElement("div");
  box.className = "effect";
  box.append(
    select("做什么", child.do, listed("Operation"), set("do")),
    select("什么时候", child.on, listed("Moment"), set("on")),
    ...EFFECT.filter((one) => wanted.includes(one.name)).map((property) => {
      const label = (operation.requires.includes(property.name) ? "* " : "") + property.label;
      const choices = choicesOf(property);
      const value = child[property.name];
      return choices
        ? select(label, value === undefined ? "" : String(value), choices, set(property.name), { none: "" })
        : text(label, value, set(property.name));
    }),
    button("去掉", () => changes.remove(element, child), "btn-outline-secondary"),
  );
  return box;
}

function effects(element, changes) {
  if (!is(element, "FlowNode") || is(element, "Gateway")) return null;
  return group(
    "发什么文书、动哪个时限",
    ...children(element, "Effect").map((child) => effect(element, changes, child)),
    choose("加一个动作", actions(), (value) => changes.add(element, "Effect", valuesOf(value))),
  );
}

export const GROUPS = [
  general, lane, who, work, condition, end, timer, trigger, called, rule, instances, effects,
];
