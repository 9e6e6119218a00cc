// Completion for whoever writes FEEL: the words that fit at the caret, and what takes their place.
const SIGNS = [
  { word: "and", about: "并且" }, { word: "or", about: "或者" }, { word: "not()", about: "不成立" },
  { word: "true", about: "是" }, { word: "false", about: "否" }, { word: "null", about: "没有填" },
  { word: "in", about: "在……之中" }, { word: "if", about: "如果" }, { word: "then", about: "那么" },
  { word: "else", about: "否则" }, { word: "between", about: "在……之间" },
  { word: "count()", about: "有几个" }, { word: "sum()", about: "合计" }, { word: "contains()", about: "文字里有" },
  { word: "date()", about: "日期" }, { word: "string length()", about: "字数" }, { word: "list contains()", about: "清单里有" },
];
const WORD = /[\p{L}_][\p{L}\p{N}_]*$/u;
const TEXT = /([\p{L}_][\p{L}\p{N}_]*)\s*(?:=|!=)\s*"([^"]*)$/u;

// `fields`: [{key, label, options: [{value, label}]}]. Each suggestion replaces `from`…`to`.
export function suggest(text, caret, fields, most = 8) {
  const before = text.slice(0, caret);
  const answer = TEXT.exec(before);
  if (answer) {
    const field = fields.find((one) => one.key === answer[1]);
    const typed = answer[2];
    const closed = text[caret] === '"';
    return (field?.options ?? [])
      .filter((one) => one.value.startsWith(typed) || one.label.includes(typed))
      .slice(0, most)
      .map((one) => ({
        from: caret - typed.length, to: closed ? caret + 1 : caret, word: `${one.value}"`, about: one.label,
      }));
  }
  if ((before.match(/"/g) ?? []).length % 2) return [];
  const typed = WORD.exec(before)?.[0] ?? "";
  const words = [...fields.map((one) => ({ word: one.key, about: one.label })), ...SIGNS];
  const fits = ({ word, about }) =>
    word !== typed && (word.toLowerCase().startsWith(typed.toLowerCase()) || (typed && about.includes(typed)));
  return words.filter(fits).slice(0, most).map((one) => ({ from: caret - typed.length, to: caret, ...one }));
}

export function replaced(text, { from, to, word }) {
  const inside = word.endsWith("()") ? 1 : 0;
  return { text: text.slice(0, from) + word + text.slice(to), caret: from + word.length - inside };
}

let count = 0;

// Gives a field a list that opens while it is typed in: arrows choose, Enter or Tab takes, Esc
// closes; also Ctrl+Space opens it.
export function complete(area, fields) {
  const list = document.createElement("ul");
  list.className = "completion";
  list.id = `completion-${(count += 1)}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "可以填的");
  list.hidden = true;
  area.setAttribute("role", "combobox");
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-expanded", "false");
  area.after(list);
  let found = [];
  let at = 0;

  function close() {
    list.hidden = true;
    area.setAttribute("aria-expanded", "false");
    area.removeAttribute("aria-activedescendant");
  }
  function show() {
    list.replaceChildren(...found.map((one, place) => {
      const row = document.createElement("li");
      row.id = `${list.id}-${place}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(place === at));
      const code = document.createElement("code");
      code.textContent = one.word.replace(/"$/, "");
      row.append(code, ` ${one.about}`);
      row.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(place);
      });
      return row;
    }));
    list.hidden = !found.length;
    area.setAttribute("aria-expanded", String(!list.hidden));
    if (found.length) area.setAttribute("aria-activedescendant", `${list.id}-${at}`);
  }
  function take(place) {
    const { text, caret } = replaced(area.value, found[place]);
    area.value = text;
    area.setSelectionRange(caret, caret);
    close();
  }
  function look() {
    found = suggest(area.value, area.selectionStart, fields);
    at = 0;
    show();
  }
  area.addEventListener("input", look);
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.code === "Space") {
      event.preventDefault();
      look();
      return;
    }
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
      show();
    } else if (event.key === "Enter" || event.key === "Tab") take(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
