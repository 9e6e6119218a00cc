// Two drawings side by side: what is new, gone or changed is marked by a sign, a word and a
// colour; a sentence goes to its element in both, an element to the remark about it.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./difference.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const place = document.getElementById("drawings");
const told = JSON.parse(document.getElementById("difference").textContent);
const SIGNS = { added: "＋", removed: "－", changed: "±" };
const viewers = {};

function label(className, text) {
  const sign = document.createElement("div");
  sign.className = className;
  sign.textContent = text;
  return sign;
}

function paint(side, viewer) {
  const registry = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  const canvas = viewer.get("canvas");
  for (const [id, kind] of Object.entries(told.marks[side])) {
    const element = registry.get(id);
    if (!element) continue;
    const power = told.power.includes(id);
    canvas.addMarker(id, `is-${kind}`);
    if (power) canvas.addMarker(id, "is-power");
    const words = `${power ? "！" : ""}${SIGNS[kind]} ${told.words[kind]}`;
    const position = element.waypoints ? { top: -18, left: 4 } : { top: -14, left: 0 };
    overlays.add(id, "difference", {
      position,
      html: label(`diff-mark diff-${kind}${power ? " diff-power" : ""}`, words),
    });
  }
  for (const [id, n] of Object.entries(told.remarks)) {
    if (!registry.get(id)) continue;
    overlays.add(id, "remark", {
      position: { bottom: 10, left: 0 },
      html: label("remark-mark", `● ${told.words.remarks} ${n}`),
    });
  }
}

function choose(id) {
  for (const viewer of Object.values(viewers)) {
    const registry = viewer.get("elementRegistry");
    for (const one of registry.filter((each) => viewer.get("canvas").hasMarker(each, "is-here"))) {
      viewer.get("canvas").removeMarker(one, "is-here");
    }
    if (registry.get(id)) viewer.get("canvas").addMarker(id, "is-here");
  }
  for (const row of document.querySelectorAll("[data-element]")) {
    row.classList.toggle("here", row.dataset.element === id);
  }
  const select = document.getElementById("element");
  if ([...select.options].some((option) => option.value === id)) select.value = id;
}

function goTo(id, was) {
  place.dataset.still = "1";
  for (const [side, viewer] of Object.entries(viewers)) {
    const element = viewer.get("elementRegistry").get(side === "before" && was ? was : id);
    if (!element) continue;
    const canvas = viewer.get("canvas");
    const size = canvas.getSize();
    const box = element.waypoints
      ? { x: element.waypoints[0].x, y: element.waypoints[0].y, width: 0, height: 0 }
      : element;
    const scale = Math.max(canvas.zoom(), 0.7);
    const width = size.width / scale;
    const height = size.height / scale;
    canvas.viewbox({
      x: box.x + box.width / 2 - width / 2,
      y: box.y + box.height / 2 - height / 2,
      width,
      height,
    });
  }
  delete place.dataset.still;
  choose(id);
  place.scrollIntoView({ block: "nearest" });
}

function together() {
  const both = Object.values(viewers);
  if (both.length < 2) return;
  for (const [viewer, other] of [both, [...both].reverse()]) {
    viewer.on("canvas.viewbox.changed", ({ viewbox }) => {
      if (place.dataset.still || !document.getElementById("together").checked) return;
      place.dataset.still = "1";
      const { x, y, width, height } = viewbox;
      other.get("canvas").viewbox({ x, y, width, height });
      delete place.dataset.still;
    });
  }
}

async function draw(side) {
  const container = document.getElementById(side);
  if (!container || !told[side]) return;
  const answer = await fetch(told[side], { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const viewer = new NavigatedViewer({ container });
  await viewer.importXML(await answer.text());
  viewers[side] = viewer;
  paint(side, viewer);
  viewer.get("canvas").zoom("fit-viewport", "auto");
  viewer.on("element.click", ({ element }) => choose(element.labelTarget?.id ?? element.id));
}

// Below or right of the middle of a flow's longest stretch (a number is about 16 by 14 pixels),
// as seen from the corner that overlays count from.
function beside(flow) {
  const points = flow.waypoints;
  let from = points[0];
  let to = points[1];
  for (let at = 1; at < points.length; at += 1) {
    const [a, b] = [points[at - 1], points[at]];
    if (Math.hypot(b.x - a.x, b.y - a.y) > Math.hypot(to.x - from.x, to.y - from.y)) [from, to] = [a, b];
  }
  const left = Math.min(...points.map(({ x }) => x));
  const top = Math.min(...points.map(({ y }) => y));
  const level = Math.abs(to.x - from.x) >= Math.abs(to.y - from.y);
  return {
    left: (from.x + to.x) / 2 - left + (level ? -8 : 3),
    top: (from.y + to.y) / 2 - top + (level ? 3 : -7),
  };
}

function counted(said) {
  for (const [side, viewer] of Object.entries(viewers)) {
    const registry = viewer.get("elementRegistry");
    const overlays = viewer.get("overlays");
    overlays.remove({ type: "count" });
    const passes = said[side];
    for (const id of new Set([...Object.keys(passes), ...Object.keys(side === "after" ? said.stuck : {})])) {
      const element = registry.get(id);
      if (!element) continue;
      const before = said.before[id] ?? 0;
      const now = passes[id] ?? 0;
      const other = side === "after" && before !== now;
      const unit = element.waypoints ? "" : ` ${told.words.cases}`;
      let words = other ? `${before} → ${now}${unit}` : `${now}${unit}`;
      if (side === "after" && said.stuck[id]) words += `，✗ ${said.stuck[id]} ${told.words.stuck}`;
      overlays.add(id, "count", {
        position: element.waypoints ? beside(element) : { bottom: -4, right: 40 },
        html: label(`count-mark${element.waypoints ? " count-flow" : ""}${other || said.stuck[id] ? " count-other" : ""}`, words),
      });
    }
  }
}

async function count(button) {
  const status = document.getElementById("counted");
  button.disabled = true;
  try {
    const answer = await fetch(button.dataset.source, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const said = await answer.json();
    if (said.problem) status.textContent = said.problem;
    else {
      counted(said);
      status.textContent = told.words.counted.replace("{n}", said.total);
    }
  } catch (reason) {
    status.textContent = button.dataset.failed;
    console.error("counts:", reason);
  } finally {
    button.disabled = false;
  }
}

async function open() {
  try {
    await Promise.all([draw("before"), draw("after")]);
    place.dataset.ready = "1";
  } catch (reason) {
    place.dataset.ready = "failed";
    place.append(label("notice notice-error", place.dataset.failed));
    console.error("diagram:", reason);
  }
  together();
  const wanted = decodeURIComponent(location.hash.slice(1));
  const first = document.querySelector(".changes [data-go]");
  const tiny = Object.values(viewers).some((one) => one.get("canvas").zoom() < 0.5);
  if (first && tiny) goTo(first.dataset.go, first.dataset.was);
  if (wanted && Object.values(viewers).some((one) => one.get("elementRegistry").get(wanted))) goTo(wanted);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-go]");
  if (button) goTo(button.dataset.go, button.dataset.was);
});
document.getElementById("count").addEventListener("click", (event) => count(event.currentTarget));
document.getElementById("element").addEventListener("change", (event) => {
  if (event.target.value) goTo(event.target.value);
});
open();
