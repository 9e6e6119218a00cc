// The editors' words: filled in, and replaced where a package asks for no translation.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chinese } from "../../../webapp/frontend/chinese.js";
import { translate } from "../../../webapp/frontend/src/designer/translate.js";

test("a sentence with a place is filled in, also with a translated word", () => {
  assert.equal(translate("Open {element}", { element: "x" }), "打开x");
  assert.equal(translate("Open {element}"), "打开{element}");
  assert.equal(translate("never heard of"), "never heard of");
});

const FORM = "/x/node_modules/@bpmn-io/form-js-editor/dist/index.es.js";

test("what form-js shows is Chinese, what it means stays", () => {
  const { code } = chinese().transform("const a = { label: 'Text field', type: 'textfield' };", FORM);
  assert.match(code, /label: "单行文字"/);
  assert.match(code, /type: 'textfield'/);
});

test("other packages and our own files are left alone", () => {
  assert.equal(chinese().transform("const a = { label: 'Text field' };", "/x/src/app.js"), null);
});
