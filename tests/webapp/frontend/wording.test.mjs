// Lines of a text, as findings name them. (The module reads the page when it is loaded.)
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.location = { pathname: "/designer/drafts/1/edit/documents/D05.yaml" };
const settings = { textContent: "{}" };
globalThis.document = {
  getElementById: (id) => (id === "editor-settings" ? settings : { dataset: { severities: "{}" } }),
  body: { getAttribute: () => '{"X-CSRFToken":"t"}' },
};
const { lineAt } = await import("../../../webapp/frontend/src/designer/wording.js");

test("a line begins after the line before it", () => {
  const text = "标题\n正文\n\n末";
  const cut = (number) => {
    const { start, end } = lineAt(text, number);
    return text.slice(start, end);
  };
  assert.deepEqual([1, 2, 3, 4].map(cut), ["标题", "正文", "", "末"]);
  assert.equal(cut(9), "");
});
