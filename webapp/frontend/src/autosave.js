// Keeps what was typed on the server: a few seconds after a change, on leaving a field and on
// leaving the page. What could not be saved is said, and tried again.
const PAUSE = 3000;
const AGAIN = 15000;
const forms = new Map();

function body(form) {
  const typed = new FormData(form);
  for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
  typed.delete("do");
  return typed;
}

function say(words, problem = false) {
  const place = document.getElementById("saved");
  if (!place) return;
  place.textContent = words;
  place.classList.toggle("problem", problem);
}

async function save(form) {
  const state = forms.get(form);
  clearTimeout(state.timer);
  if (!state.dirty || state.busy || state.leaving) return;
  const place = document.getElementById("saved");
  state.busy = true;
  state.dirty = false;
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: body(form) });
    if (answer.status === 401) throw new Error("signed out");
    const said = await answer.json();
    if (said.saved) say(`${place?.dataset.saved ?? ""} ${said.saved}`);
    else say(said.problem ?? place?.dataset.failed ?? "", true);
  } catch {
    state.dirty = true;
    say(place?.dataset.failed ?? "", true);
    state.timer = setTimeout(() => save(form), AGAIN);
  } finally {
    state.busy = false;
    if (state.dirty) {
      clearTimeout(state.timer);
      state.timer = setTimeout(() => save(form), AGAIN);
    }
  }
}

function changed(form) {
  const state = forms.get(form);
  state.dirty = true;
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(form), PAUSE);
}

export function saveNow() {
  for (const [form, state] of forms) {
    state.dirty = true;
    save(form);
  }
  return forms.size > 0;
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  forms.set(form, { dirty: false, busy: false, leaving: false, timer: 0 });
  form.addEventListener("input", () => changed(form));
  form.addEventListener("change", () => changed(form));
  form.addEventListener("focusout", () => save(form));
  form.addEventListener("submit", (event) => {
    if (!besides(event)) forms.get(form).leaving = true;
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  for (const [form, state] of forms) {
    if (state.dirty && !state.leaving && navigator.sendBeacon?.(form.dataset.draft, body(form))) state.dirty = false;
  }
});

// A preview opens in a page of its own: the form stays and can still be submitted.
function besides(event) {
  return event.submitter?.formTarget === "_blank";
}

// One submit is enough: the second of a double click goes nowhere.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches?.("[data-once]") || event.defaultPrevented || besides(event)) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
