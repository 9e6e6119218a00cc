// Limits and due dates: what the panel shows is what the diagram says, and back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDue, parseLimit, writeDue, writeLimit } from "../../../webapp/frontend/src/designer/limits.js";

test("a limit survives the panel", () => {
  for (const text of ["5 workday", "2 hour", "30 day", "same_day"]) {
    assert.equal(writeLimit(parseLimit(text)), text);
  }
});

test("what is no limit is none", () => {
  assert.deepEqual(parseLimit("soon"), { amount: "", unit: "" });
  assert.equal(writeLimit({ amount: "0", unit: "workday" }), undefined);
  assert.equal(writeLimit({ amount: "3", unit: "" }), undefined);
});

test("a due date survives the panel", () => {
  for (const text of ['due("check")', 'before("promised", 1)']) {
    assert.equal(writeDue(parseDue(text)), text);
  }
  assert.equal(writeDue({ clock: "", before: "2" }), undefined);
  assert.equal(writeDue({ clock: "check", before: "" }), 'due("check")');
});
