// Copy in one draft, paste in another: what is copied lies in the browser, for this person's other
// windows and later visits, and is read back with the same words of BPMN.
const PLACE = "bianmin-copied";
const MOST = 500_000;

// What JSON has lost: elements are made anew with their type, references inside stay.
export function reviver(moddle) {
  const made = {};
  return (key, value) => {
    if (typeof value !== "object" || value === null || typeof value.$type !== "string") return value;
    const known = value.id && made[value.id];
    if (known) return known;
    const { $type, ...attributes } = value;
    const element = moddle.create($type, attributes);
    if (value.id) made[value.id] = element;
    for (const one of Object.values(attributes)) {
      for (const child of Array.isArray(one) ? one : [one]) {
        if (child?.$type && !child.$parent) child.$parent = element;
      }
    }
    return element;
  };
}

class Shared {
  constructor(eventBus, clipboard, moddle) {
    eventBus.on("copyPaste.elementsCopied", ({ tree }) => {
      try {
        const text = JSON.stringify(tree);
        if (text.length <= MOST) localStorage.setItem(PLACE, text);
      } catch (reason) {
        console.warn("copy:", reason); // too large to be shared: this window has it
      }
    });
    eventBus.on("copyPaste.pasteElements", 3000, () => this.bring(clipboard, moddle));
    window.addEventListener("storage", ({ key }) => key === PLACE && clipboard.clear());
  }

  bring(clipboard, moddle) {
    if (!clipboard.isEmpty()) return;
    const text = localStorage.getItem(PLACE);
    if (!text) return;
    try {
      clipboard.set(JSON.parse(text, reviver(moddle)));
    } catch (reason) {
      localStorage.removeItem(PLACE);
      console.warn("paste:", reason);
    }
  }
}
Shared.$inject = ["eventBus", "clipboard", "moddle"];

export default { __init__: ["sharedClipboard"], sharedClipboard: ["type", Shared] };
