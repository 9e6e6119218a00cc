// What a field means to the county, as a group of the form editor's own panel: kept in the
// field's `properties`, which the server reads (workflows/forms).
import { jsx } from "preact/jsx-runtime";

const FLAGS = [
  ["routing", "流程按它走（能进流程数据）"],
  ["sensitive", "个人信息：平时打码，查看有记录"],
  ["unique", "不能和别的在办件相同"],
  ["not_future", "日期不能晚于今天"],
];
const FORMATS = [
  ["", "不限"], ["id_card", "居民身份证号"], ["uscc", "统一社会信用代码"], ["phone", "电话"],
  ["mobile", "手机"], ["bank_card", "银行卡号"], ["cn_name", "姓名"], ["postcode", "邮政编码"],
  ["passport", "护照号"], ["money", "金额（两位小数）"], ["address", "地址"],
].map(([value, label]) => ({ value, label }));
const TEXTS = [
  ["required", "什么时候必填（FEEL）"],
  ["computed", "自动算出（FEEL）"],
  ["check", "还要符合（FEEL）"],
  ["check_message", "不符合时说"],
];
const QUESTIONS = new Set(["textfield", "textarea", "number", "select", "radio", "checkbox", "checklist", "datetime", "dynamiclist"]);

// Entries of our own: the panel's components live in a copy of preact that is not the panel's.
function entry(id, ...children) {
  return jsx("div", { class: "bio-properties-panel-entry", "data-entry-id": id, children });
}

function Flag({ field, editField, id, name, label }) {
  const box = {
    type: "checkbox", id: `bio-properties-panel-${id}`, class: "bio-properties-panel-input",
    checked: field.properties?.[name] === "true",
    onChange: ({ target }) => change(field, editField, name, target.checked ? "true" : undefined),
  };
  return entry(id, jsx("div", { class: "bio-properties-panel-checkbox", children: [
    jsx("input", box),
    jsx("label", { for: box.id, class: "bio-properties-panel-label", children: label }),
  ] }));
}

function Format({ field, editField, id }) {
  const now = field.properties?.format ?? "";
  const list = {
    id: `bio-properties-panel-${id}`, class: "bio-properties-panel-input", value: now,
    onChange: ({ target }) => change(field, editField, "format", target.value || undefined),
    children: FORMATS.map(({ value, label }) =>
      jsx("option", { value, selected: value === now, children: label })),
  };
  return entry(id, jsx("div", { class: "bio-properties-panel-select", children: [
    jsx("label", { for: list.id, class: "bio-properties-panel-label", children: "内容是" }),
    jsx("select", list),
  ] }));
}

function Words({ field, editField, id, name, label }) {
  const line = {
    type: "text", id: `bio-properties-panel-${id}`, class: "bio-properties-panel-input",
    value: field.properties?.[name] ?? "", spellcheck: false, autocomplete: "off",
    onChange: ({ target }) => change(field, editField, name, target.value.trim() || undefined),
  };
  return entry(id, jsx("div", { class: "bio-properties-panel-textfield", children: [
    jsx("label", { for: line.id, class: "bio-properties-panel-label", children: label }),
    jsx("input", line),
  ] }));
}

function change(field, editField, name, value) {
  const properties = { ...(field.properties ?? {}) };
  if (value === undefined) delete properties[name];
  else properties[name] = value;
  editField(field, ["properties"], Object.keys(properties).length ? properties : undefined);
}

function group(field, editField) {
  const shared = { field, editField };
  return {
    id: "county",
    label: "本县规定",
    entries: [
      ...FLAGS.map(([name, label]) => ({ id: `county-${name}`, component: Flag, name, label, ...shared })),
      ...(["textfield", "number"].includes(field.type) ? [{ id: "county-format", component: Format, ...shared }] : []),
      ...TEXTS.map(([name, label]) => ({ id: `county-${name}`, component: Words, name, label, ...shared })),
    ],
  };
}

class CountyFields {
  constructor(propertiesPanel) {
    propertiesPanel.registerProvider(this, 500);
  }

  getGroups(field, editField) {
    return (groups) => {
      if (!QUESTIONS.has(field.type)) return groups;
      const own = group(field, editField);
      const [first, ...rest] = groups;
      return first ? [first, own, ...rest] : [own];
    };
  }
}
CountyFields.$inject = ["propertiesPanel"];

export default { __init__: ["countyFields"], countyFields: ["type", CountyFields] };
