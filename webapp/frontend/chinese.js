// form-js asks no translation of what it says: its own words are replaced while it is built, in
// these packages alone and only where they are shown (labels, titles, sentences). Versions are
// pinned; tests/browser looks for English that is left.
import words from "./src/designer/form-words.js";

const PACKAGES = /node_modules\/@bpmn-io\/(form-js-editor|form-js-viewer|properties-panel)\/dist\//;
const SHOWN =
  /\b((?:label|name|title|description|placeholder|children|text|tooltip|emptyText)|['"]aria-label['"])(\s*:\s*)(['"])((?:\\.|(?!\3).)*)\3/g;
const SENTENCES = /(['"])((?:Must|Value must|Select a|Multiple form|Use a)(?:\\.|(?!\1).)*)\1/g;

export function chinese() {
  return {
    name: "chinese",
    transform(code, id) {
      if (!PACKAGES.test(id.replaceAll("\\", "/"))) return null;
      const said = code
        .replace(SHOWN, (all, key, colon, _quote, text) =>
          words[text] === undefined ? all : `${key}${colon}${JSON.stringify(words[text])}`,
        )
        .replace(SENTENCES, (all, _quote, text) =>
          words[text] === undefined ? all : JSON.stringify(words[text]),
        );
      return { code: said, map: null };
    },
  };
}
