// Edits a wording or a scenario as text: kept on the server as it is typed.
import "./designer/editor.css";
import { brought, keep, place, settings } from "./designer/keeping.js";
import { wording } from "./designer/wording.js";

const area = document.getElementById("canvas");
brought(area.defaultValue);
const { changed } = keep(
  () => area.value,
  (content) => {
    area.value = content;
  },
  () => document.getElementById("story")?.dispatchEvent(new Event("refresh")), // told after a save
);
if (!settings.readOnly) {
  area.addEventListener("input", changed);
  if (area.value !== area.defaultValue) changed(); // typed before this script was there
}
const page = document.getElementById("wording-page");
if (page) wording(area, page, changed);
place.dataset.ready = "1";
