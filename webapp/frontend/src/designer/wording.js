// Beside the text of a document: the page as it will be printed, drawn by the server for what is
// typed now; placeholders that are clicked in; findings that lead to their line.
import { settings, token } from "./keeping.js";

const PAUSE = 500;

// Where a line begins and ends in a text; lines are counted from one.
export function lineAt(text, number) {
  const lines = text.split("\n");
  const before = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
  return { start: before, end: before + (lines[number - 1] ?? "").length };
}

export function wording(area, page, changed) {
  let timer = 0;
  let turn = 0;

  async function draw() {
    const own = ++turn;
    const body = new URLSearchParams({ text: area.value });
    const answer = await fetch(page.dataset.show, {
      method: "POST", body, headers: { "X-CSRFToken": token() },
    });
    if (!answer.ok || own !== turn) return;
    const place = page.scrollTop;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    page.replaceChildren(...fresh.body.childNodes);
    page.scrollTop = place;
  }

  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => draw().catch((reason) => console.error("wording:", reason)), PAUSE);
  });
  page.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    const { start, end } = lineAt(area.value, Number(link.dataset.line));
    area.focus();
    area.setSelectionRange(start, end);
    area.scrollTop = (area.scrollHeight / area.value.split("\n").length) * (Number(link.dataset.line) - 4);
  });
  document.getElementById("placeholders").addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-insert]");
    if (!chosen || settings.readOnly) return;
    area.focus();
    area.setRangeText(`{${chosen.dataset.insert}}`, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    changed();
  });
}
