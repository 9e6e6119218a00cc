// What a field means to the county, as a group of the form editor's own panel: kept in the
// field's `properties`, which the server reads (workflows/forms).
import { CheckboxEntry, SelectEntry, TextFieldEntry } from "@bpmn-io/properties-panel";
import { jsx } from "@bpmn-io/properties-panel/preact/jsx-runtime";

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

function Flag({ field, editField, id, name, label }) {
  const properties = field.properties ?? {};
  return jsx(CheckboxEntry, {
    element: field, id, label,
    getValue: () => properties[name] === "true",
    setValue: (on) => change(field, editField, name, on ? "true" : undefined),
  });
}

function Format({ field, editField, id }) {
  return jsx(SelectEntry, {
    element: field, id, label: "内容是",
    getOptions: () => FORMATS,
    getValue: () => field.properties?.format ?? "",
    setValue: (value) => change(field, editField, "format", value || undefined),
  });
}

function Words({ field, editField, id, name, label, debounce }) {
  return jsx(TextFieldEntry, {
    element: field, id, label, debounce,
    getValue: () => field.properties?.[name] ?? "",
    setValue: (value) => change(field, editField, name, value || undefined),
  });
}

function change(field, editField, name, value) {
  const properties = { ...(field.properties ?? {}) };
  if (value === undefined) delete properties[name];
  else properties[name] = value;
  editField(field, ["properties"], Object.keys(properties).length ? properties : undefined);
}

function group(field, editField, debounce) {
  const shared = { field, editField, debounce };
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
  constructor(propertiesPanel, debounce) {
    this.debounce = debounce;
    propertiesPanel.registerProvider(this, 500);
  }

  getGroups(field, editField) {
    return (groups) => {
      if (!QUESTIONS.has(field.type)) return groups;
      const own = group(field, editField, this.debounce);
      const [first, ...rest] = groups;
      return first ? [first, own, ...rest] : [own];
    };
  }
}
CountyFields.$inject = ["propertiesPanel", "debounce"];

export default { __init__: ["countyFields"], countyFields: ["type", CountyFields] };
