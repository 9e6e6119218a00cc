// The editor of decision tables: dmn-js, in Chinese.
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression-controls.css";
import "dmn-js/dist/assets/dmn-font/css/dmn.css";
import "./designer/editor.css";
import DmnModeler from "dmn-js/lib/Modeler";
import { ask, listen } from "./designer/asking.js";
import { keep, load, place, say } from "./designer/keeping.js";
import translation from "./designer/translate.js";

async function open() {
  const own = { additionalModules: [translation] };
  const modeler = new DmnModeler({
    container: "#canvas",
    common: { expressionLanguages: { options: [{ value: "feel", label: "FEEL" }], defaults: { editor: "feel" } } },
    drd: own,
    decisionTable: own,
    literalExpression: own,
    boxedExpression: own,
  });
  const show = async (xml) => {
    await modeler.importXML(xml);
    const table = modeler.getViews().find((view) => view.type === "decisionTable");
    if (table) await modeler.open(table);
  };
  try {
    await show(await load());
  } catch (reason) {
    say(place.dataset.failed, true);
    place.dataset.ready = "failed";
    console.error("table:", reason);
    return;
  }
  const read = async () => (await modeler.saveXML({ format: true })).xml;
  const { changed } = keep(read, show, ask);
  const watch = () => modeler.getActiveViewer()?.get("eventBus").on("commandStack.changed", changed);
  modeler.on("views.changed", watch);
  watch();
  listen();
  place.dataset.ready = "1";
}

open();
