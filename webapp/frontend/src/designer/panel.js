// The panel beside the diagram: what can be said of the element that is chosen.
import { Changes } from "./elements.js";
import { GROUPS } from "./groups.js";
import { settings } from "./keeping.js";

function freeze(panel) {
  for (const control of panel.querySelectorAll("input, select, textarea, button")) {
    control.disabled = true;
  }
}

function empty() {
  const words = document.createElement("p");
  words.className = "muted";
  words.textContent = settings.readOnly
    ? "点图上的元素，看它由谁办、填什么表、几天。"
    : "点图上的元素，改它由谁办、填什么表、几天、发什么文书。";
  return [words];
}

export function panel(modeler, place) {
  const changes = new Changes(modeler);
  let shown = null;
  let closed = new Set();

  function show(element) {
    closed = new Set(
      [...place.querySelectorAll("details:not([open]) > summary")].map((one) => one.textContent),
    );
    const focused = [...place.querySelectorAll("input, select, textarea, button")].indexOf(
      document.activeElement,
    );
    shown = element?.labelTarget ?? element;
    const parts = shown
      ? GROUPS.map((one) => one(shown, changes, modeler)).filter(Boolean)
      : empty();
    place.replaceChildren(...parts);
    for (const details of place.querySelectorAll("details")) {
      if (closed.has(details.firstChild.textContent)) details.open = false;
    }
    if (settings.readOnly) freeze(place);
    else place.querySelectorAll("input, select, textarea, button")[focused]?.focus();
  }

  const bus = modeler.get("eventBus");
  bus.on("selection.changed", ({ newSelection }) =>
    show(newSelection.length === 1 ? newSelection[0] : null),
  );
  bus.on("commandStack.changed", () => {
    if (shown) show(modeler.get("elementRegistry").get(shown.id));
  });
  show(null);
}
