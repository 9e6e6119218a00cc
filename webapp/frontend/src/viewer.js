// Shows where a case is in its diagram. The page holds
//   <div id="diagram" data-source="URL of the .bpmn" data-failed="words"></div>
//   (with data-whole it shows the whole drawing, else it goes to where the case is)
//   <script type="application/json" id="diagram-state">
//     {"done": ["Task_A"], "current": [], "overdue": [], "notes": {"Task_B": "超期 2 个工作日"}}
//   </script>
// where "opens" may say which address an element (a call) opens, "focus" which one is meant,
// and says the same in words beside it: a drawing is not readable for everybody.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./viewer.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const MARKS = ["done", "current", "overdue"];

function paint(viewer, state, words) {
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  for (const mark of MARKS) {
    for (const id of state[mark] ?? []) {
      if (elements.get(id)) canvas.addMarker(id, `step-${mark}`);
    }
  }
  const overlays = viewer.get("overlays");
  for (const id of state.done ?? []) {
    const element = elements.get(id);
    if (!element || element.waypoints || element.width < 60) continue;
    const tick = document.createElement("div");
    tick.className = "step-tick";
    tick.textContent = "✓";
    overlays.add(id, "tick", { position: { top: -10, right: 10 }, html: tick });
  }
  for (const [id, words] of Object.entries(state.notes ?? {})) {
    if (!elements.get(id)) continue;
    const note = document.createElement("div");
    note.className = "step-note";
    note.textContent = words;
    overlays.add(id, "note", { position: { top: -14, left: 4 }, html: note });
  }
  for (const [id, address] of Object.entries(state.opens ?? {})) {
    const element = elements.get(id);
    if (!element) continue;
    const link = document.createElement("a");
    link.className = "step-open";
    link.href = address;
    link.textContent = "＋";
    link.setAttribute("aria-label", `${words} ${element.businessObject.name ?? id}`);
    link.addEventListener("mousedown", (event) => event.stopPropagation());
    overlays.add(id, "open", { position: { bottom: 14, right: 20 }, html: link });
  }
}

function show(viewer, state, whole) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  const asked = state.focus && viewer.get("elementRegistry").get(state.focus);
  if (asked) canvas.addMarker(asked, "step-asked");
  const here = asked ? state.focus : [...(state.overdue ?? []), ...(state.current ?? [])][0];
  const element = here && viewer.get("elementRegistry").get(here);
  if (whole) return;
  if (element && canvas.zoom() < 0.6) {
    canvas.zoom(0.8);
    canvas.scrollToElement(element, 80);
  }
}

async function open(container) {
  const holder = document.getElementById("diagram-state");
  const state = holder ? JSON.parse(holder.textContent) : {};
  try {
    const answer = await fetch(container.dataset.source, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const viewer = new NavigatedViewer({ container });
    await viewer.importXML(await answer.text());
    paint(viewer, state, container.dataset.open ?? "");
    show(viewer, state, container.dataset.whole !== undefined);
    container.dataset.ready = "1";
  } catch (reason) {
    container.textContent = container.dataset.failed ?? "";
    container.dataset.ready = "failed";
    console.error("diagram:", reason);
  }
}

const container = document.getElementById("diagram");
if (container) open(container);
