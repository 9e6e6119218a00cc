// form-js (and dmn-js in places) ask no translation of what they say: their own words are
// replaced while they are built, in these packages alone and only where they are shown. Versions
// are pinned; tests/browser looks for English that is left.
import words from "./src/designer/form-words.js";

const PACKAGES =
  /node_modules\/(@bpmn-io\/(form-js-editor|form-js-viewer|properties-panel)\/dist|dmn-js-decision-table\/lib)\//;
const SHOWN =
  /\b((?:label|name|title|description|placeholder|children|text|tooltip|emptyText|explanation)\s*:\s*|['"]aria-label['"]\s*:\s*|translate\()(['"])((?:\\.|(?!\2).)*)\2/g;
const SENTENCES = /(['"])([A-Z][a-z]+(?: (?:\\.|(?!\1).)+)+)\1/g;
const MADE_UP = [
  ["`Create ${getIndefiniteArticle(type)} ${label} element`", "`加一个“${label}”`"],
  ["`Remove ${entry.label}`", "`删除${entry.label}`"],
  ["`Click to ${active ? 'remove' : 'set a'} dynamic value with FEEL expression`", "'写死，或者用 FEEL 算出'"],
  ["`Move ${isInput(col) ? 'Input' : 'Output'}`", "(isInput(col) ? '移动条件列' : '移动结果列')"],
];

const known = (text) => Object.hasOwn(words, text);

export function chinese() {
  return {
    name: "chinese",
    transform(code, id) {
      if (!PACKAGES.test(id.replaceAll("\\", "/"))) return null;
      let said = code
        .replace(SHOWN, (all, before, _quote, text) =>
          known(text) ? `${before}${JSON.stringify(words[text])}` : all,
        )
        .replace(SENTENCES, (all, _quote, text) => (known(text) ? JSON.stringify(words[text]) : all));
      for (const [english, ours] of MADE_UP) said = said.replaceAll(english, ours);
      return { code: said, map: null };
    },
  };
}
