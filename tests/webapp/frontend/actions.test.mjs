// The catalogue of actions, as gov.json has it: every choice is put in with all that it needs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { actionValues, grouped } from "../../../webapp/frontend/src/designer/actions.js";

const gov = JSON.parse(readFileSync(new URL("../../../workflows/sources/gov.json", import.meta.url)));
const values = (name) => gov.enumerations.find((one) => one.name === name).literalValues;
const listed = (name) => values(name).map((one) => ({ value: one.name, label: one.label }));
const operations = values("Operation");
const documents = [{ value: "D05", label: "D05 受理通知书" }];
const lists = { documents };
for (const name of ["Clock", "Papers", "Status", "Result", "Opinion"]) lists[name] = listed(name);
const choices = grouped(operations, documents, lists.Clock).flatMap((one) => one.choices);

test("every operation can be chosen", () => {
  const chosen = new Set(choices.map((one) => one.value.split(":")[0]));
  assert.deepEqual([...chosen].sort(), operations.map((one) => one.name).sort());
});

test("a chosen action says what it is about", () => {
  assert.deepEqual(actionValues("issue-document:D05", operations, lists), {
    on: "complete", do: "issue-document", document: "D05",
  });
  assert.equal(actionValues("end-clock:promised", operations, lists).clock, "promised");
});

test("nothing that an action requires is missing", () => {
  for (const { value } of choices) {
    const made = actionValues(value, operations, lists);
    const { requires } = operations.find((one) => one.name === made.do);
    for (const wanted of requires) assert.ok(wanted in made, `${value}: ${wanted}`);
  }
});
