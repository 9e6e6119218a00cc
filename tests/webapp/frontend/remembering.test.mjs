// What could not be saved is offered to the one who typed it, and only where it is something.
import assert from "node:assert/strict";
import { test } from "node:test";
import { basis, moment, offered, stale } from "../../../webapp/frontend/src/designer/remembering.js";

const record = { who: 7, version: 3, content: "new" };

test("offered to whoever typed it, when the server has something else", () => {
  assert.equal(offered(record, { who: 7, content: "old" }), true);
  assert.equal(offered(record, { who: 8, content: "old" }), false, "a computer is shared");
  assert.equal(offered(record, { who: 7, content: "new" }), false);
  assert.equal(offered(undefined, { who: 7, content: "old" }), false);
});

test("restoring never counts as made from a colleague's save", () => {
  assert.equal(basis(record, { who: 7, lastBy: 8, version: 5 }), 3);
  assert.equal(basis(record, { who: 7, lastBy: 7, version: 5 }), 5);
});

test("moments are written as on the pages", () => {
  assert.equal(moment(new Date(2026, 2, 3, 9, 5).getTime()), "03-03 09:05");
});

test("only what nobody came back for in two months is thrown away", () => {
  const day = 86_400_000;
  assert.deepEqual(stale([{ key: "a", at: 0 }, { key: "b", at: 50 * day }], 61 * day), ["a"]);
});
