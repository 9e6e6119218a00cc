// Reading and changing what is drawn, in the words of BPMN; every change can be undone.
export const is = (element, type) =>
  Boolean(element?.businessObject?.$instanceOf?.(`bpmn:${type}`));

export function eventDefinition(element, type) {
  const all = element.businessObject.eventDefinitions ?? [];
  return all.find((one) => one.$instanceOf(`bpmn:${type}`));
}

// The `gov:` children of an element: effects, `in`, `out`.
export function children(element, type) {
  const values = element.businessObject.extensionElements?.values ?? [];
  return values.filter((one) => one.$type === `gov:${type}`);
}

export class Changes {
  constructor(modeler) {
    this.modeling = modeler.get("modeling");
    this.factory = modeler.get("bpmnFactory");
    this.registry = modeler.get("elementRegistry");
  }

  // Attributes of the element itself; undefined removes.
  set(element, values) {
    const clean = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, value === "" ? undefined : value]),
    );
    this.modeling.updateProperties(element, clean);
  }

  // Attributes of something inside the element (an event definition, a loop).
  setInside(element, inside, values) {
    this.modeling.updateModdleProperties(element, inside, values);
  }

  documentation(element, words) {
    const list = words ? [this.factory.create("bpmn:Documentation", { text: words })] : [];
    this.set(element, { documentation: list.length ? list : undefined });
  }

  condition(flow, text) {
    const body = text
      ? this.factory.create("bpmn:FormalExpression", { body: text })
      : undefined;
    this.set(flow, { conditionExpression: body });
  }

  add(element, type, values) {
    const child = this.factory.create(`gov:${type}`, values);
    this._extensions(element, (all) => [...all, child]);
  }

  // Calls a part the way that it is called elsewhere in the library: name, what goes in and out.
  callPart(element, key, { name, ins = [], outs = [] }) {
    const values = element.businessObject.name ? { calledElement: key } : { calledElement: key, name };
    const rest = (element.businessObject.extensionElements?.values ?? []).filter(
      (one) => one.$type !== "gov:In" && one.$type !== "gov:Out",
    );
    const made = [
      ...ins.map((one) => this.factory.create("gov:In", one)),
      ...outs.map((one) => this.factory.create("gov:Out", one)),
    ];
    const extensions = this.factory.create("bpmn:ExtensionElements", { values: [...rest, ...made] });
    for (const one of extensions.values) one.$parent = extensions;
    extensions.$parent = element.businessObject;
    this.set(element, { ...values, extensionElements: extensions });
  }

  replaceChild(element, child, values) {
    this.setInside(element, child, values);
  }

  remove(element, child) {
    this._extensions(element, (all) => all.filter((one) => one !== child));
  }

  _extensions(element, change) {
    const { businessObject } = element;
    let extensions = businessObject.extensionElements;
    const values = change(extensions?.values ?? []);
    if (!extensions) {
      extensions = this.factory.create("bpmn:ExtensionElements", { values });
      for (const one of values) one.$parent = extensions;
      extensions.$parent = businessObject;
      this.set(element, { extensionElements: extensions });
      return;
    }
    for (const one of values) one.$parent = extensions;
    this.setInside(element, extensions, { values });
  }

  inside(element, type, values = {}) {
    const made = this.factory.create(type, values);
    made.$parent = element.businessObject;
    return made;
  }

  // Elements of the diagram of a type, with their names, for lists.
  named(type, except) {
    return this.registry
      .filter((one) => is(one, type) && one !== except && !one.labelTarget)
      .map((one) => ({ value: one.id, label: one.businessObject.name || one.id }));
  }

  // The lane that an element stands in, the innermost one.
  lane(element) {
    const node = element.businessObject;
    const holds = (lane) => (lane.businessObject.flowNodeRef ?? []).includes(node);
    const lanes = this.registry.filter((one) => is(one, "Lane") && holds(one));
    return lanes.find((one) => !one.businessObject.childLaneSet) ?? lanes[0];
  }
}
