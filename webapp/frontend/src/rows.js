// Rows of a list in a form: add and remove without reload. Without JavaScript the same buttons
// submit the form, and the server adds or removes the row.
function renumber(holder) {
  const name = holder.dataset.rows;
  const part = name.replace(/\W+/g, "-");
  const rows = [...holder.querySelectorAll(":scope > [data-row]")];
  rows.forEach((row, index) => {
    for (const place of row.querySelectorAll("[data-row-number]")) place.textContent = index + 1;
    for (const one of row.querySelectorAll("[name],[id],[for],[aria-describedby],[value]")) {
      for (const attribute of ["name", "id", "for", "aria-describedby"]) {
        const old = one.getAttribute(attribute);
        if (!old) continue;
        const fresh = old
          .replaceAll(new RegExp(`${name}\\[(\\d+|__n__)\\]`, "g"), `${name}[${index}]`)
          .replaceAll(new RegExp(`f-${part}-(\\d+|__n__)-`, "g"), `f-${part}-${index}-`);
        if (fresh !== old) one.setAttribute(attribute, fresh);
      }
      if (one.hasAttribute("data-remove")) one.value = `remove:${name}:${index}`;
    }
  });
  const add = holder.querySelector(":scope > [data-add]");
  if (add) add.hidden = rows.length >= Number(holder.dataset.most || 50);
}

function changed(holder) {
  holder.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-add],[data-remove]");
  const holder = button?.closest("[data-rows]");
  if (!holder) return;
  event.preventDefault();
  if (button.hasAttribute("data-add")) {
    const blank = holder.querySelector(":scope > template").content.cloneNode(true);
    holder.insertBefore(blank, button);
    renumber(holder);
    const rows = holder.querySelectorAll(":scope > [data-row]");
    rows[rows.length - 1].querySelector("input,select,textarea")?.focus();
  } else {
    const row = button.closest("[data-row]");
    const next = row.nextElementSibling?.matches("[data-row]") ? row.nextElementSibling : row.previousElementSibling;
    row.remove();
    renumber(holder);
    (next?.querySelector("input,select,textarea") ?? holder.querySelector("[data-add]"))?.focus();
  }
  changed(holder);
});
