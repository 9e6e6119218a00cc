// Completion of expressions: words that fit at the caret, answers inside quotes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { replaced, suggest } from "../../../webapp/frontend/src/designer/completing.js";

const FIELDS = [
  { key: "outcome", label: "结论", options: [{ value: "grant", label: "准予" }, { value: "refuse", label: "不予" }] },
  { key: "days", label: "天数", options: [] },
];
const words = (text, caret = text.length) => suggest(text, caret, FIELDS).map((one) => one.word);

test("fields by their key and by what they are called", () => {
  assert.deepEqual(words("ou"), ["outcome"]);
  assert.deepEqual(words("结"), ["outcome"]);
  assert.ok(words("outcome = \"grant\" an").includes("and"));
});

test("inside quotes the answers of that field, and nothing else", () => {
  assert.deepEqual(words('outcome = "'), ['grant"', 'refuse"']);
  assert.deepEqual(words('outcome != "re'), ['refuse"']);
  assert.deepEqual(words('outcome = "不'), ['refuse"']);
  assert.deepEqual(words('days > 3 and "x'), []);
});

test("what is taken stands where it was typed", () => {
  const take = (text, caret = text.length) => replaced(text, suggest(text, caret, FIELDS)[0]);
  assert.deepEqual(take("ou"), { text: "outcome", caret: 7 });
  assert.equal(take('outcome = "gr"', 13).text, 'outcome = "grant"');
  const inner = take("conta");
  assert.equal(inner.text.slice(0, inner.caret), "contains(");
});
