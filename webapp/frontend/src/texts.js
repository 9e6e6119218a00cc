// Edits a wording or a scenario as text: kept on the server as it is typed.
import "./designer/editor.css";
import { keep, settings } from "./designer/keeping.js";

const area = document.getElementById("canvas");
const { changed } = keep(() => area.value);
if (!settings.readOnly) area.addEventListener("input", changed);
