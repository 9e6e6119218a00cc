// A condition as a row of choices, and back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, write } from "../../../webapp/frontend/src/designer/conditions.js";

test("one comparison is a row of choices", () => {
  assert.deepEqual(parse('outcome = "grant"'), { field: "outcome", sign: "=", value: "grant" });
  assert.deepEqual(parse(" tolerant != true "), { field: "tolerant", sign: "!=", value: "true" });
  assert.deepEqual(parse("days = -1.5"), { field: "days", sign: "=", value: "-1.5" });
  assert.deepEqual(parse('意见 = "不同意"'), { field: "意见", sign: "=", value: "不同意" });
});

test("what is more than one comparison stays text", () => {
  for (const text of ['a = "b" and c = "d"', "days > 3", 'not(a = "b")', "", undefined, 'a = "b']) {
    assert.equal(parse(text), null, String(text));
  }
});

test("writing and reading give the same choice, whatever an answer holds", () => {
  for (const value of ["grant", 'say "no"', "a\\b", "true", "null", "12", "不同意", "a = b"]) {
    assert.deepEqual(parse(write({ field: "outcome", sign: "=", value })).value, value);
  }
});
