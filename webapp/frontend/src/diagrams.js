// The editor of diagrams: bpmn-js with the county's palette, panel and findings.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "./designer/editor.css";
import Modeler from "bpmn-js/lib/Modeler";
import minimap from "diagram-js-minimap";
import clipboard from "./designer/clipboard.js";
import { Changes } from "./designer/elements.js";
import { onGoTo, onRemedy } from "./designer/findings.js";
import { keep, load, place, say, settings } from "./designer/keeping.js";
import { goTo, mark, markRemarks } from "./designer/marks.js";
import menus from "./designer/menus.js";
import palette from "./designer/palette.js";
import { panel } from "./designer/panel.js";
import { remedyOf } from "./designer/remedies.js";
import { simulating } from "./designer/simulating.js";
import translation from "./designer/translate.js";

function show(modeler) {
  const canvas = modeler.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() < 0.45) canvas.zoom(0.6);
  const box = canvas.viewbox();
  canvas.viewbox({ ...box, x: box.inner.x - 70 / box.scale, y: box.inner.y - 20 / box.scale });
}

async function open() {
  const canvas = document.getElementById("canvas");
  const modeler = new Modeler({
    container: canvas,
    moddleExtensions: { gov: settings.descriptor },
    additionalModules: [translation, palette, menus, minimap, clipboard],
  });
  try {
    const { warnings } = await modeler.importXML(await load());
    if (warnings.length) console.warn("import:", warnings);
  } catch (reason) {
    say(place.dataset.failed, true);
    place.dataset.ready = "failed";
    console.error("diagram:", reason);
    return;
  }
  show(modeler);
  markRemarks(modeler, settings);
  onGoTo((id) => goTo(modeler, id));
  const asked = new URLSearchParams(location.search).get("element"); // where a run got stuck
  if (asked && modeler.get("elementRegistry").get(asked)) goTo(modeler, asked);
  const changes = new Changes(modeler);
  if (!settings.readOnly) onRemedy((finding) => remedyOf(finding, modeler, changes));
  panel(modeler, document.getElementById("panel"));
  const read = async () => (await modeler.saveXML({ format: true })).xml;
  const { changed, save } = keep(read, (xml) => modeler.importXML(xml), (findings) => mark(modeler, findings));
  modeler.on("commandStack.changed", changed);
  if (settings.readOnly) {
    modeler.get("eventBus").on(["element.dblclick", "shape.move.start", "bendpoint.move.start", "contextPad.create"], 9999, () => false);
  }
  simulating(modeler, read, save);
  place.dataset.ready = "1";
}

open();
