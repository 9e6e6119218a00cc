// What can be put right by itself: a finding's code → the change, where there is only one. Each is
// one step that can be undone.
import { is } from "./elements.js";

const ways = {
  // The last flow without a condition takes all other cases.
  "choice-uncovered": (element, changes) => {
    const flows = (element.outgoing ?? []).filter((one) => is(one, "SequenceFlow"));
    const open = flows.filter((one) => !one.businessObject.conditionExpression);
    if (!flows.length || element.businessObject.default || open.length !== 1) return null;
    return ["其余情况走没有条件的那条线", () => changes.set(element, { default: open[0].businessObject })];
  },
  "no-limit": (element, changes) =>
    is(element, "UserTask") ? ["先定3个工作日", () => changes.set(element, { "gov:limit": "3 workday" })] : null,
  "separate-unknown": (element, changes, modeler) => {
    const ids = (element.businessObject.get("gov:separate") ?? "").split(/\s+/).filter(Boolean);
    const known = ids.filter((id) => modeler.get("elementRegistry").get(id));
    if (known.length === ids.length) return null;
    return ["去掉不存在的环节", () => changes.set(element, { "gov:separate": known.join(" ") })];
  },
};

// The words of the button and the change, or null where a person has to decide.
export function remedyOf(finding, modeler, changes) {
  const element = finding.element && modeler.get("elementRegistry").get(finding.element);
  return element ? (ways[finding.code]?.(element, changes, modeler) ?? null) : null;
}
