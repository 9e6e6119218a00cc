// Keeps a file of a draft on the server while it is edited: some seconds after a change, on
// Ctrl+S, and when the page is left. What could not be saved is said, kept in this browser
// (remembering.js) and tried again; a colleague's save is never overwritten (the server answers
// 409 and keeps both).
import { showFindings } from "./findings.js";
import { basis, forget, keyOf, moment, offered, recall, remember } from "./remembering.js";

const PAUSE = 1500;
const SOON = 300;
const AGAIN = 10000;

export const settings = JSON.parse(document.getElementById("editor-settings").textContent);
export const place = document.getElementById("editor");
const line = document.getElementById("saved");
const key = keyOf(location.pathname);
let loaded = "";

export function say(words, problem = false) {
  line.textContent = words;
  line.classList.toggle("problem", problem);
}

function tokenIn(body) {
  return JSON.parse(body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
}
let current = tokenIn(document.body);

export const token = () => current;

// What the server has, where the page brought it along.
export function brought(content) {
  loaded = content;
}

export async function load() {
  const answer = await fetch(place.dataset.content, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(`the file was not sent (${answer.status})`);
  loaded = await answer.text();
  return loaded;
}

// After she has signed in again in another tab, this page's token is old: take a new one.
async function signedIn() {
  const answer = await fetch(location.pathname, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  current = tokenIn(page.body);
  return true;
}

function saySignIn() {
  const link = document.createElement("a");
  link.href = location.pathname;
  link.target = "_blank";
  link.textContent = line.dataset.signIn;
  say(line.dataset.signedOut, true);
  line.append(" ", link);
}

// Offers what an earlier visit could not save; resolves when she has chosen.
async function offer(write) {
  const record = await recall(key);
  if (!record) return;
  if (!offered(record, { who: settings.who, content: loaded })) {
    if (record.who === settings.who) await forget(key);
    return;
  }
  const dialog = document.getElementById("unsaved");
  dialog.querySelector("[data-when]").textContent = moment(record.at);
  dialog.querySelector("[data-since]").hidden = record.version === settings.version;
  const restore = dialog.querySelector("[value=restore]");
  restore.hidden = settings.readOnly;
  const file = dialog.querySelector("a[download]");
  file.href = URL.createObjectURL(new Blob([record.content], { type: "text/plain" }));
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
  const chosen = await new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue), { once: true });
  });
  URL.revokeObjectURL(file.href);
  if (chosen === "restore") {
    await write(record.content);
    return record;
  }
  await forget(key);
}

// `read` gives what is to be saved, `write` puts a text into the editor; `onFindings` is told
// what the server found.
export function keep(read, write, onFindings = () => {}) {
  let { version } = settings;
  let timer = 0;
  let sooner = 0;
  let busy = false;
  let dirty = false;
  let last = null;
  let tried = null;

  const told = (findings) => {
    showFindings(findings);
    onFindings(findings);
  };

  async function hold() {
    clearTimeout(sooner);
    try {
      const content = await read();
      if (dirty) await remember({ key, who: settings.who, version, content });
    } catch (reason) {
      console.error("remember:", reason); // a browser without a store: the server still keeps it
    }
  }

  // An answer that got lost may belong to a save that arrived: then the version is that one.
  async function arrived() {
    const state = await (await fetch(place.dataset.check, { credentials: "same-origin" })).json();
    if (state.version === version) return;
    const answer = await fetch(place.dataset.content, { credentials: "same-origin" });
    if ((await answer.text()) === tried) version = state.version;
  }

  async function send(content) {
    if (tried !== null) await arrived();
    tried = content;
    const answer = await fetch(place.dataset.save, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": current },
      body: JSON.stringify({ content, version }),
    });
    if (answer.status !== 401 && answer.status !== 403) return answer;
    tried = null;
    return null;
  }

  async function save() {
    clearTimeout(timer);
    if (busy || !dirty || settings.readOnly) return;
    busy = true;
    dirty = false;
    try {
      const content = await read();
      if (content === last) {
        await forget(key);
        return;
      }
      say(line.dataset.busy);
      let answer = await send(content);
      if (!answer && (await signedIn())) answer = await send(content);
      if (!answer) {
        dirty = true;
        saySignIn();
        return;
      }
      const said = await answer.json();
      tried = null;
      last = content;
      if (!answer.ok) {
        say(said.problem ?? line.dataset.failed, true);
        if (said.overtaken) await forget(key); // the server has it, as a save of its own
        return;
      }
      ({ version } = said);
      if (!dirty) await forget(key);
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
    clearTimeout(sooner);
    sooner = setTimeout(hold, SOON);
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
  window.addEventListener("online", save);

  async function look() {
    const answer = await fetch(place.dataset.check, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const said = await answer.json();
    told(said.findings);
    if (said.version <= version || busy || dirty) return;
    if (said.by) say(`${said.by} 保存过这个文件，请刷新后再改。您的修改保存时不会覆盖对方的。`, true);
    else say("您在另一个窗口保存过这个文件，请刷新后再改。", true);
  }
  offer(write).then(
    (record) => {
      if (!record) return;
      version = basis(record, settings);
      changed();
    },
    (reason) => console.error("recall:", reason),
  );
  look().catch((reason) => console.error("check:", reason));
  setInterval(() => {
    if (!document.hidden && !busy && !dirty) look().catch(() => {});
  }, 30000);
  return { changed, save };
}
