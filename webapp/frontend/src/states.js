// After a change that other questions depend on, asks the server what the form looks like now
// and applies it: hidden, required, worked-out values, papers that are needed. The rules live on
// the server only; without JavaScript they are applied when the form is submitted.
function wrapper(id) {
  return document.getElementById(`${id}-field`) ?? document.getElementById(id);
}

function lock(id, state) {
  const control = document.getElementById(id);
  if (!control) return;
  if (control.tagName === "OUTPUT") {
    control.textContent = state.text || "—";
    return;
  }
  const all = control.type === "radio" ? [...control.form.elements[control.name]] : [control];
  for (const one of all) {
    if (state.locked) {
      if (one.type === "radio") one.checked = one.value === state.value;
      else one.value = state.value;
    }
    if (one.type === "radio" || one.tagName === "SELECT") one.disabled = state.locked;
    else one.readOnly = state.locked;
  }
}

function apply(state) {
  const hidden = new Set(state.hidden);
  const required = new Set(state.required);
  for (const id of state.ids) {
    const place = wrapper(id);
    if (!place) continue;
    place.hidden = hidden.has(id);
    const must = place.querySelector(".must");
    if (must && place.id.endsWith("-field")) must.hidden = !required.has(id);
  }
  for (const [id, locked] of Object.entries(state.locked ?? {})) lock(id, locked);
  for (const [key, needed] of Object.entries(state.needed ?? {})) {
    const paper = document.getElementById(`mat-${key}`);
    if (!paper) continue;
    paper.hidden = needed === false;
    const when = paper.querySelector(".mat-when");
    if (when) when.hidden = needed === true;
  }
}

const asked = new WeakMap();

async function ask(form) {
  const number = (asked.get(form) ?? 0) + 1;
  asked.set(form, number);
  form.setAttribute("aria-busy", "true");
  const typed = new FormData(form);
  for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
  try {
    const answer = await fetch(form.dataset.state, { method: "POST", body: typed });
    if (!answer.ok || asked.get(form) !== number) return;
    apply(await answer.json());
  } catch {
    // No network: the server applies the same rules when the form is submitted.
  } finally {
    if (asked.get(form) === number) form.removeAttribute("aria-busy");
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-state]");
  if (!form) return;
  if (event.target.matches("[data-drives],[data-rows]") || event.target.closest("[data-rows]")) ask(form);
});

// What goes with a choice is shown beside it: a defect that must be named, a consequence.
function beside(target) {
  if (target.matches?.("[data-mark]")) {
    const paper = target.closest("[data-mat]");
    paper?.querySelector("[data-defect]")?.toggleAttribute("data-hide", target.value !== "defective");
    if (target.value === "defective") paper?.querySelector("[data-defect] input")?.focus();
  }
  if (target.type === "radio" || target.tagName === "SELECT") {
    for (const words of document.querySelectorAll(`[data-consequence-of="${target.name}"]`)) {
      words.hidden = words.dataset.value !== target.value;
    }
  }
}
document.addEventListener("change", (event) => beside(event.target));

document.addEventListener("input", (event) => {
  const to = event.target.dataset?.copyTo && document.getElementById(event.target.dataset.copyTo);
  if (!to || (to.value && to.dataset.copied !== to.value)) return;
  to.value = to.dataset.copied = event.target.value;
});

// The first thing to mend is in sight and has the focus.
document.querySelector("[data-focus]")?.focus();

// How many files were chosen, beside the paper.
document.addEventListener("change", (event) => {
  const label = event.target.type === "file" && event.target.closest(".mat-file");
  if (!label) return;
  const count = event.target.files.length;
  label.classList.toggle("chosen", count > 0);
  label.title = [...event.target.files].map((file) => file.name).join("、");
  label.firstChild.textContent = count ? `${label.dataset.word ?? (label.dataset.word = label.firstChild.textContent)} ${count} ✓` : (label.dataset.word ?? label.firstChild.textContent);
});
