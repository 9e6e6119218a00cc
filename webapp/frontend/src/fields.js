// The editor of forms: form-js in Chinese, limited to the components that the server renders.
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor.css";
import "@bpmn-io/form-js-editor/dist/assets/properties-panel.css";
import "@bpmn-io/form-js-editor/dist/assets/dragula.css";
import "./designer/editor.css";
import { FormEditor } from "@bpmn-io/form-js-editor";
import county from "./designer/county-fields.js";
import { keep, load, place, say } from "./designer/keeping.js";

const ALLOWED = new Set([
  "textfield", "textarea", "number", "select", "radio", "checkbox", "checklist", "datetime",
  "group", "dynamiclist", "text", "default",
]);

function limit(editor) {
  const fields = editor.get("formFields")._formFields;
  for (const type of Object.keys(fields)) if (!ALLOWED.has(type)) delete fields[type];
}

async function open() {
  const editor = new FormEditor({
    container: document.getElementById("canvas"),
    additionalModules: [county],
  });
  limit(editor);
  try {
    await editor.importSchema(JSON.parse(await load()));
  } catch (reason) {
    say(place.dataset.failed, true);
    place.dataset.ready = "failed";
    console.error("form:", reason);
    return;
  }
  const { changed } = keep(
    () => `${JSON.stringify(editor.getSchema(), null, 2)}\n`,
    (content) => editor.importSchema(JSON.parse(content)),
  );
  editor.on("changed", changed);
  place.dataset.ready = "1";
}

open();
