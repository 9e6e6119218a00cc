// The editor of forms: form-js, limited to the components that the server renders.
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor.css";
import "./designer/editor.css";
import { FormEditor } from "@bpmn-io/form-js-editor";
import { keep, load, place, say } from "./designer/keeping.js";
import translation from "./designer/translate.js";

async function open() {
  const editor = new FormEditor({
    container: document.getElementById("canvas"),
    additionalModules: [translation],
  });
  try {
    await editor.importSchema(JSON.parse(await load()));
  } catch (reason) {
    say(place.dataset.failed, true);
    place.dataset.ready = "failed";
    console.error("form:", reason);
    return;
  }
  const { changed } = keep(() => `${JSON.stringify(editor.getSchema(), null, 2)}\n`);
  editor.on("changed", changed);
  place.dataset.ready = "1";
}

open();
