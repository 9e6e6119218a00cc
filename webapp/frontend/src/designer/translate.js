// What the editors say, in Chinese. What has no words here is shown as it came, and a test
// looks for it.
import words from "./words.js";

export function translate(template, values = {}) {
  const said = words[template] ?? template;
  return said.replace(/{([^}]+)}/g, (_all, key) => {
    const value = values[key];
    return value === undefined ? `{${key}}` : (words[value] ?? value);
  });
}

export default { translate: ["value", translate] };
