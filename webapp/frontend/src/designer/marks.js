// Small marks on the elements that the server found something to say about.
const MARK = "finding";

export function mark(modeler, findings) {
  const overlays = modeler.get("overlays");
  const registry = modeler.get("elementRegistry");
  overlays.remove({ type: MARK });
  const worst = new Map();
  for (const { element, severity, sentence } of findings) {
    if (!element || severity === "note" || !registry.get(element)) continue;
    const known = worst.get(element) ?? { severity, words: [] };
    if (severity === "error") known.severity = severity;
    known.words.push(sentence);
    worst.set(element, known);
  }
  for (const [id, { severity, words }] of worst) {
    const sign = document.createElement("div");
    sign.className = `mark mark-${severity}`;
    sign.textContent = "!";
    sign.title = words.join("\n");
    overlays.add(id, MARK, { position: { top: -10, left: -10 }, html: sign });
  }
}

// Open remarks of the review, where they stand.
export function markRemarks(modeler, { remarks = {}, remarkWord = "" }) {
  for (const [id, n] of Object.entries(remarks)) {
    if (!modeler.get("elementRegistry").get(id)) continue;
    const sign = document.createElement("div");
    sign.className = "remark-mark";
    sign.textContent = `● ${remarkWord} ${n}`;
    modeler.get("overlays").add(id, "remark", { position: { bottom: 10, left: 0 }, html: sign });
  }
}

export function goTo(modeler, id) {
  const element = modeler.get("elementRegistry").get(id);
  if (!element) return;
  modeler.get("canvas").scrollToElement(element, 120);
  modeler.get("selection").select(element);
}
