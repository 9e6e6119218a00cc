// Keys for what a clerk does a hundred times a day. Pages mark places with data attributes:
//   data-key="/"             a control that "/" jumps to ("f": the filter of the list)
//   <a data-key-go="n">      a link or button that a key follows: n, 1 … 9 (tabs), ] (next page)
//   data-list … data-row     rows: j/k move, Enter opens data-open (an address), c presses
//                            [data-claim], x ticks [data-pick]
//   data-key-complete        Ctrl+Enter;  data-key-next  Ctrl+Shift+Enter;  data-key-save  s
import { saveNow } from "./autosave.js";

function typing(target) {
  return target.matches?.("input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable]");
}

function rows() {
  return [...document.querySelectorAll("[data-list] [data-row]")].filter((row) => !row.hidden);
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.classList.contains("at"));
  const next = now < 0 ? 0 : Math.min(all.length - 1, Math.max(0, now + by));
  all[now]?.classList.remove("at");
  all[next].classList.add("at");
  all[next].scrollIntoView({ block: "nearest" });
  all[next].querySelector("a")?.focus({ preventScroll: true });
}

function press(selector) {
  const target = document.querySelector(`[data-list] .at ${selector}`);
  if (!target) return false;
  target.click();
  return true;
}

function help() {
  const dialog = document.getElementById("keys");
  if (!dialog?.showModal) return false;
  if (!dialog.open) dialog.showModal();
  return true;
}

const PLAIN = {
  "/": () => jump("/"),
  f: () => jump("f"),
  "?": help,
  j: () => (move(1), true),
  k: () => (move(-1), true),
  c: () => press("[data-claim]"),
  x: () => press("[data-pick]"),
  s: saveNow,
};

function jump(key) {
  const find = document.querySelector(`[data-key="${key}"]`);
  find?.focus();
  find?.select?.();
  return Boolean(find);
}

function follow(key) {
  if (!/^[a-z0-9\]]$/.test(key)) return false;
  const link = document.querySelector(`[data-key-go="${key}"]`);
  link?.click();
  return Boolean(link);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.metaKey) return;
  if (event.ctrlKey) {
    if (event.key === "Enter") {
      const button =
        (event.shiftKey && document.querySelector("[data-key-next]")) ||
        document.querySelector("[data-key-complete]");
      if (button) {
        event.preventDefault();
        button.click();
      }
    }
    if (event.key === "s" && saveNow()) event.preventDefault();
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const at = document.querySelector("[data-list] .at[data-open]");
  if (event.key === "Enter" && at && !document.activeElement?.matches("button,input")) {
    event.preventDefault();
    window.location.assign(at.dataset.open);
    return;
  }
  const action = PLAIN[event.key] ?? (() => follow(event.key));
  if (action()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-show-keys]")) help();
});
