// Controls of the panel: labelled, plain, usable by keyboard alone. Each tells its new value
// when it is settled (change), so that one undo takes back one decision.
import { complete } from "./completing.js";

let count = 0;

function labelled(label, control, help) {
  const box = document.createElement("p");
  box.className = "field";
  const title = document.createElement("label");
  control.id = `panel-${(count += 1)}`;
  title.htmlFor = control.id;
  title.textContent = label;
  box.append(title, control);
  if (help) {
    const words = document.createElement("span");
    words.className = "form-text";
    words.id = `${control.id}-help`;
    words.textContent = help;
    control.setAttribute("aria-describedby", words.id);
    box.append(words);
  }
  return box;
}

export function text(label, value, set, { help, rows, readOnly, list } = {}) {
  const control = document.createElement(rows ? "textarea" : "input");
  if (rows) control.rows = rows;
  control.className = "form-control form-control-sm";
  control.value = value ?? "";
  control.readOnly = Boolean(readOnly);
  if (list) control.setAttribute("list", list);
  if (set && !readOnly) control.addEventListener("change", () => set(control.value.trim()));
  return labelled(label, control, help);
}

export function number(label, value, set, { help } = {}) {
  const box = text(label, value, set, { help });
  const control = box.querySelector("input");
  control.type = "number";
  control.min = "0";
  control.max = "9999";
  return box;
}

export function select(label, value, choices, set, { help, none } = {}) {
  const control = document.createElement("select");
  control.className = "form-select form-select-sm";
  const known = choices.some((choice) => choice.value === (value ?? ""));
  const all = none === undefined ? choices : [{ value: "", label: none }, ...choices];
  if (value && !known) all.push({ value, label: `${value}（清单里没有）` });
  for (const choice of all) {
    const option = document.createElement("option");
    option.value = choice.value;
    option.textContent = choice.label;
    option.selected = choice.value === (value ?? "");
    control.append(option);
  }
  control.addEventListener("change", () => set(control.value));
  return labelled(label, control, help);
}

// A list whose choice does something at once and then stands empty again.
export function choose(label, groups, act) {
  const control = document.createElement("select");
  control.className = "form-select form-select-sm";
  const none = document.createElement("option");
  none.value = "";
  none.textContent = "请选择";
  control.append(none);
  for (const { title, choices } of groups) {
    const section = document.createElement("optgroup");
    section.label = title;
    for (const { value, label: words } of choices) {
      const option = document.createElement("option");
      option.value = value;
      option.textContent = words;
      section.append(option);
    }
    control.append(section);
  }
  control.addEventListener("change", () => {
    const { value } = control;
    control.value = "";
    if (value) act(value);
  });
  return labelled(label, control);
}

// An expression, with completion over what may be asked.
export function feel(label, value, fields, set, { help } = {}) {
  const box = text(label, value, set, { rows: 2, help });
  const area = box.querySelector("textarea");
  area.spellcheck = false;
  complete(area, fields);
  return box;
}

export function checks(label, chosen, choices, set, { help } = {}) {
  const box = document.createElement("fieldset");
  box.className = "field checks";
  const title = document.createElement("legend");
  title.textContent = label;
  box.append(title);
  const boxes = choices.map((choice) => {
    const row = document.createElement("label");
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.value = choice.value;
    tick.checked = chosen.includes(choice.value);
    tick.addEventListener("change", () =>
      set(boxes.filter((one) => one.checked).map((one) => one.value)),
    );
    row.append(tick, ` ${choice.label}`);
    box.append(row);
    return tick;
  });
  if (help) {
    const words = document.createElement("span");
    words.className = "form-text";
    words.textContent = help;
    box.append(words);
  }
  return box;
}

export function tick(label, value, set) {
  const box = checks("", value ? ["on"] : [], [{ value: "on", label }], (on) => set(on.length > 0));
  box.querySelector("legend").remove();
  return box;
}

export function button(label, act, kind = "btn-outline-primary") {
  const control = document.createElement("button");
  control.type = "button";
  control.className = `btn btn-sm ${kind}`;
  control.textContent = label;
  control.addEventListener("click", act);
  return control;
}

export function group(title, ...parts) {
  const box = document.createElement("details");
  box.className = "about";
  box.open = true;
  const head = document.createElement("summary");
  head.textContent = title;
  box.append(head, ...parts.filter(Boolean));
  return box;
}

export function remark(words) {
  const line = document.createElement("p");
  line.className = "form-text";
  line.textContent = words;
  return line;
}
