// form-js (and dmn-js in places) ask no translation of what they say: their own words are
// replaced while they are built, in these packages alone and only where they are shown. Versions
// are pinned; tests/browser looks for English that is left.
// bpmn-js-token-simulation builds all it shows with min-dom: a module of ours stands in for it.
import { fileURLToPath } from "node:url";
import words from "./src/designer/form-words.js";

const PACKAGES =
  /node_modules\/(@bpmn-io\/(form-js-editor|form-js-viewer|properties-panel)\/dist|dmn-js-(decision-table|drd|shared)\/lib)\//;
const SIMULATION = /node_modules\/bpmn-js-token-simulation\/lib\//;
const STAND_IN = fileURLToPath(new URL("./src/designer/simulation-dom.js", import.meta.url));
const SHOWN =
  /\b((?:label|name|title|description|placeholder|children|text|tooltip|emptyText|explanation)\s*:\s*|['"]aria-label['"]\s*:\s*|translate\(|return |\]: )(['"])((?:\\.|(?!\2).)*)\2/g;
const SENTENCES = /(['"])([A-Z][a-z]+(?: (?:\\.|(?!\1).)+)+)\1/g;
const MADE_UP = [
  ["translate(`List contains {numOfItems} item${items.length != 1 ? 's' : ''}`", "translate('共 {numOfItems} 项'"],
  ["`Should be at least ${min}.`", "`至少是${min}。`"],
  ["`Should be at least ${minimumValue.toString()}.`", "`至少是${minimumValue.toString()}。`"],
  ["`Should be at most ${max}.`", "`至多是${max}。`"],
  ["`Should not contain more than ${decimalDigits} decimal digits.`", "`小数最多${decimalDigits}位。`"],
  ["`Should not contain more than ${decimalDigits} decimal digits`", "`小数最多${decimalDigits}位`"],
  ["`Maximum ${MAX_COLUMNS} columns are allowed`", "`最多${MAX_COLUMNS}列`"],
  ["`Minimum ${MIN_COLUMNS} columns are allowed`", "`至少${MIN_COLUMNS}列`"],
  ["`Maximum ${MAX_FIELDS_PER_ROW} fields per row are allowed`", "`一行最多${MAX_FIELDS_PER_ROW}项`"],
  ["`New value exceeds the maximum of ${MAX_COLUMNS_PER_ROW} columns per row`", "`一行最多${MAX_COLUMNS_PER_ROW}列`"],
  ["`Create ${getIndefiniteArticle(type)} ${label} element`", "`加一个“${label}”`"],
  ["`Remove ${entry.label}`", "`删除${entry.label}`"],
  ["`Click to ${active ? 'remove' : 'set a'} dynamic value with FEEL expression`", "'写死，或者用 FEEL 算出'"],
  ["`Move ${isInput(col) ? 'Input' : 'Output'}`", "(isInput(col) ? '移动条件列' : '移动结果列')"],
];

const known = (text) => Object.hasOwn(words, text);

export function chinese() {
  return {
    name: "chinese",
    enforce: "pre", // before vite finds the file of a module
    resolveId(source, importer) {
      return source === "min-dom" && SIMULATION.test(importer?.replaceAll("\\", "/")) ? STAND_IN : null;
    },
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
