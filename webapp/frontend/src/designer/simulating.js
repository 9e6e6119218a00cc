// The button 令牌演示: shows a copy of the drawing with tokens in the editor's place, and the
// editor as it was when it is pressed again. What was changed before is saved first; while it
// lasts nothing can be changed, so nothing is saved.
import { place, say, settings } from "./keeping.js";

export function simulating(modeler, read, save) {
  const button = document.getElementById("simulate");
  const [canvas, panel, stage, help] = ["canvas", "panel", "simulation", "simulation-help"].map((id) => document.getElementById(id));
  const begin = button.textContent;
  let end = null;

  function turn(on) {
    canvas.hidden = panel.hidden = on;
    stage.hidden = help.hidden = !on;
    document.getElementById("findings").inert = on; // its remedies would change the drawing
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? button.dataset.end : begin;
    place.dataset.simulating = on ? "1" : "";
  }

  function leave() {
    end?.();
    end = null;
    stage.replaceChildren();
    turn(false);
    modeler.get("canvas").resized();
  }

  async function enter() {
    await save();
    const { simulate } = await import("./simulation.js");
    const xml = await read();
    const view = modeler.get("canvas").viewbox();
    turn(true);
    end = await simulate(stage, xml, { descriptor: settings.descriptor, view });
  }

  button.addEventListener("click", async () => {
    if (place.dataset.simulating) {
      leave();
      return;
    }
    button.disabled = true;
    try {
      await enter();
    } catch (reason) {
      leave();
      say(button.dataset.failed, true);
      console.error("simulation:", reason);
    } finally {
      button.disabled = false;
    }
  });
  button.disabled = false;
}
