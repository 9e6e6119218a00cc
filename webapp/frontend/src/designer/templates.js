// What is filled in by itself when something is drawn or chosen: shared parts with the values
// that go in and out, and actions with what they cannot do without.
import { settings } from "./keeping.js";
import { actionValues, grouped } from "./actions.js";

// How a part is called: as everywhere else in the library; nothing where nobody calls it yet.
export function wayOf(key) {
  const part = settings.processes.find((one) => one.value === key);
  const way = settings.calls?.[key] ?? { in: [], out: [] };
  return { name: part?.label ?? "", ins: way.in, outs: way.out };
}

const listed = (name) =>
  settings.descriptor.enumerations
    .find((one) => one.name === name)
    .literalValues.map(({ name: value, label }) => ({ value, label }));
const operations = () => settings.descriptor.enumerations.find((one) => one.name === "Operation").literalValues;

// Every action that a county orders, as a list to choose from, by kind.
export const actions = () => grouped(operations(), settings.documents, listed("Clock"));

export const valuesOf = (chosen) =>
  actionValues(chosen, operations(), {
    Clock: listed("Clock"), Papers: listed("Papers"), Status: listed("Status"),
    Result: listed("Result"), Opinion: listed("Opinion"), documents: settings.documents,
  });
