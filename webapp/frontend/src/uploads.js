// Sends files piece by piece while the form is being filled in. A piece says where it belongs, so
// nothing is lost or doubled when the network goes away; until a file is whole its bytes are also
// kept in the browser, so that closing the page loses nothing. Without JavaScript the files go
// with the form.
const PIECE = 256 * 1024;
const AGAIN = [1000, 2000, 4000, 8000, 15000];
const KEEP = 3 * 24 * 3600 * 1000;

const running = new Set();
let waiting = null;

function store() {
  return new Promise((resolve) => {
    try {
      const asked = indexedDB.open("bianmin-uploads", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("files", { keyPath: "key" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => resolve(null);
    } catch {
      resolve(null); // a browser that keeps nothing: the page must stay open
    }
  });
}

async function inStore(mode, act) {
  const base = await store();
  if (!base) return null;
  return new Promise((resolve) => {
    const asked = act(base.transaction("files", mode).objectStore("files"));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
  }).finally(() => base.close());
}

const keep = (one) => inStore("readwrite", (files) => files.put(one));
const forget = (key) => inStore("readwrite", (files) => files.delete(key));

function words(form, name) {
  return form.dataset[`up${name}`] ?? "";
}

function token(form) {
  return form.querySelector('[name="csrfmiddlewaretoken"]').value;
}

async function ask(form, address, body, type) {
  const headers = { "X-CSRFToken": token(form) };
  if (type) headers["Content-Type"] = type;
  const answer = await fetch(address, { method: body === undefined ? "GET" : "POST", headers, body });
  if (answer.status === 422) return { refused: (await answer.json()).problem };
  if (answer.status === 401 || answer.redirected) return { refused: words(form, "Signed") };
  if (answer.status === 404) return { refused: words(form, "Gone") };
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// A line for a file under its paper: name, bar, what is going on, a button to give it up.
function line(form, one) {
  const place = form.ownerDocument.querySelector(`[data-uploads="${CSS.escape(one.material)}"]`);
  if (!place) return null;
  const row = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = one.name;
  name.className = "upload-name";
  const bar = document.createElement("progress");
  bar.max = one.size;
  bar.value = 0;
  bar.setAttribute("aria-label", one.name);
  const said = document.createElement("span");
  said.className = "upload-said";
  said.setAttribute("role", "status");
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "btn btn-link btn-sm";
  stop.textContent = words(form, "Drop");
  row.append(name, bar, said, stop);
  place.append(row);
  return { row, bar, said, stop };
}

function say(view, text, kind = "") {
  view.said.textContent = text;
  view.row.dataset.is = kind;
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done);
  });
}

async function announced(form, one) {
  const body = new URLSearchParams({
    place: form.dataset.place, material: one.material, key: one.key, name: one.name, size: String(one.size),
  });
  return ask(form, form.dataset.uploadsTo, body);
}

async function sent(form, one, view, state) {
  for (;;) {
    if (one.stopped) return null;
    view.bar.value = state.received;
    say(view, `${Math.floor((100 * state.received) / one.size)}%`, "sending");
    const piece = one.file.slice(state.received, state.received + PIECE);
    const address = `${form.dataset.uploadsTo}${state.id}/?offset=${state.received}`;
    state = await ask(form, address, await piece.arrayBuffer(), "application/octet-stream");
    if (state.refused || state.whole) return state;
  }
}

function finished(form, one, view, state) {
  view.bar.remove();
  say(view, words(form, "Done"), "done");
  if (state.attached) {
    view.stop.remove();
    return;
  }
  const tick = document.createElement("input");
  tick.type = "checkbox";
  tick.checked = true;
  tick.name = `up-${one.material}`;
  tick.value = state.id;
  tick.setAttribute("aria-label", one.name);
  if (form.id) tick.setAttribute("form", form.id);
  view.row.prepend(tick);
  view.stop.remove();
  tick.dispatchEvent(new Event("change", { bubbles: true })); // the draft keeps it
}

async function run(form, one) {
  const view = line(form, one);
  if (!view) return;
  view.stop.addEventListener("click", async () => {
    one.stopped = true;
    await forget(one.key);
    if (one.id) ask(form, `${form.dataset.uploadsTo}${one.id}/?drop=1`, "").catch(() => {});
    view.row.remove();
  });
  for (let tries = 0; !one.stopped; tries += 1) {
    try {
      const begun = await announced(form, one);
      one.id = begun.id;
      if (begun.received) tries = 0;
      const state = begun.refused || begun.whole ? begun : await sent(form, one, view, begun);
      if (!state) return;
      await forget(one.key);
      if (state.refused) {
        view.bar.remove();
        say(view, state.refused, "refused");
      } else finished(form, one, view, state);
      return;
    } catch {
      say(view, words(form, "Away"), "away");
      await pause(AGAIN[Math.min(tries, AGAIN.length - 1)]);
    }
  }
}

// One file after the other: a slow line is not divided.
let last = Promise.resolve();
function queue(form, one) {
  const work = last.then(() => run(form, one));
  running.add(work);
  last = work.finally(() => {
    running.delete(work);
    if (running.size === 0 && waiting) {
      const go = waiting;
      waiting = null;
      go();
    }
  });
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

document.addEventListener("change", (event) => {
  const input = event.target;
  const form = input.type === "file" ? input.form : null;
  if (!form?.dataset.uploadsTo || !input.name.startsWith("file-")) return;
  const material = input.name.slice("file-".length);
  for (const file of input.files) {
    const one = { key: newKey(), who: form.dataset.who, place: form.dataset.place, material, name: file.name, size: file.size, at: Date.now(), file };
    keep(one);
    queue(form, one);
  }
  input.value = "";
});

// What was on its way when the page was closed goes on; what others left here is removed.
async function resume() {
  const form = document.querySelector("form[data-uploads-to]");
  if (!form) return;
  for (const one of (await inStore("readonly", (files) => files.getAll())) ?? []) {
    if (one.who !== form.dataset.who || Date.now() - one.at > KEEP) await forget(one.key);
    else if (one.place === form.dataset.place) queue(form, one);
  }
}

// The form waits for what is still on its way, then goes by itself; with a file that was refused it
// stays, until somebody has taken note of that and dropped it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset?.uploadsTo || event.submitter?.formTarget === "_blank") return;
  const refused = document.querySelector('[data-uploads] [data-is="refused"] button');
  if (running.size === 0 && !refused) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const place = document.getElementById("uploading");
  if (place) place.textContent = words(form, running.size ? "Wait" : "Refused");
  if (running.size) waiting = () => form.requestSubmit(event.submitter);
  else refused.focus();
}, true);

resume();
