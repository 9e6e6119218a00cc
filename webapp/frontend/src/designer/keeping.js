// Keeps a file of a draft on the server while it is edited: some seconds after a change, on
// Ctrl+S, and when the page is left. What could not be saved is said, kept in the browser, and
// tried again; a colleague's save is never overwritten (the server answers 409 and keeps both).
import { showFindings } from "./findings.js";

const PAUSE = 1500;
const AGAIN = 10000;

export const settings = JSON.parse(document.getElementById("editor-settings").textContent);
export const place = document.getElementById("editor");
const line = document.getElementById("saved");

export function say(words, problem = false) {
  line.textContent = words;
  line.classList.toggle("problem", problem);
}

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
}

export async function load() {
  const answer = await fetch(place.dataset.content, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`the file was not sent (${answer.status})`);
  return answer.text();
}

// `read` gives what is to be saved; `onFindings` is told what the server found.
export function keep(read, onFindings = () => {}) {
  const spare = `draft:${location.pathname}`;
  let { version } = settings;
  let timer = 0;
  let busy = false;
  let dirty = false;
  let last = null;

  const told = (findings) => {
    showFindings(findings);
    onFindings(findings);
  };

  async function save() {
    clearTimeout(timer);
    if (busy || !dirty || settings.readOnly) return;
    busy = true;
    dirty = false;
    try {
      const content = await read();
      if (content === last) return;
      sessionStorage.setItem(spare, content);
      say(line.dataset.busy);
      const answer = await fetch(place.dataset.save, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ content, version }),
      });
      const said = await answer.json();
      if (!answer.ok) {
        say(said.problem ?? line.dataset.failed, true);
        if (said.overtaken) last = content;
        return;
      }
      ({ version } = said);
      last = content;
      sessionStorage.removeItem(spare);
      say(`${line.dataset.saved} ${said.saved}`);
      told(said.findings);
    } catch (reason) {
      dirty = true;
      say(line.dataset.failed, true);
      console.error("save:", reason);
    } finally {
      busy = false;
      if (dirty) timer = setTimeout(save, AGAIN);
    }
  }

  const changed = () => {
    if (settings.readOnly) return;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      dirty = true;
      save();
    }
  });
  // A page that shows the file as saved opens when the last change is there.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-save-first]");
    if (!link || !dirty) return;
    event.preventDefault();
    await save();
    location.assign(link.href);
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty || busy) {
      save();
      event.preventDefault();
    }
  });

  async function look() {
    const answer = await fetch(place.dataset.check, { credentials: "same-origin" });
    if (!answer.ok) return;
    const said = await answer.json();
    told(said.findings);
    if (said.version > version && said.by) {
      say(`${said.by} 保存过这个文件，请刷新后再改。您的修改保存时不会覆盖对方的。`, true);
    }
  }
  look();
  setInterval(() => {
    if (!document.hidden && !busy && !dirty) look();
  }, 30000);
  return { changed, save, unsaved: () => sessionStorage.getItem(spare) };
}
