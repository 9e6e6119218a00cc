// What is copied into another window is made anew with its type and its own references.
import assert from "node:assert/strict";
import { test } from "node:test";
import { reviver } from "../../../webapp/frontend/src/designer/clipboard.js";

const moddle = { create: (type, values) => Object.assign(Object.create({ $type: type }), values) };

test("elements come back with their type, others as they were", () => {
  const text = JSON.stringify({ a: { $type: "bpmn:UserTask", id: "T", name: "审查" }, x: [1, { y: 2 }] });
  const back = JSON.parse(text, reviver(moddle));
  assert.equal(back.a.$type, "bpmn:UserTask");
  assert.equal(back.a.name, "审查");
  assert.deepEqual(back.x, [1, { y: 2 }]);
});

test("one element is one element, and its children know it", () => {
  const inner = { $type: "gov:In", name: "level" };
  const text = JSON.stringify([
    { $type: "bpmn:Task", id: "T", extensionElements: { $type: "bpmn:ExtensionElements", values: [inner] } },
    { $type: "bpmn:Task", id: "T" },
  ]);
  const [first, second] = JSON.parse(text, reviver(moddle));
  assert.equal(first, second);
  assert.equal(first.extensionElements.values[0].$parent, first.extensionElements);
});
