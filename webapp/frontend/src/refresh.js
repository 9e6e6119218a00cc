// Keeps a list fresh by conditional GET: every 40 to 80 seconds (so that a hall of clerks does
// not ask at once), only while the page is seen and nobody is typing or choosing in the list.
// The place, the focus, the marked row and the ticks stay where they were.
const LEAST = 40_000;
const SPREAD = 40_000;

function busy(place) {
  const at = document.activeElement;
  return (
    document.hidden ||
    document.querySelector("dialog[open]") ||
    place.querySelector("details[open], :checked:not(option)") ||
    (place.contains(at) && at.matches("input,select,textarea"))
  );
}

// Where the person is: the row, and which control of it has the focus.
function whereabouts(place) {
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const row = focused?.closest("[data-row]") ?? place.querySelector("[data-row].at");
  const controls = focused && row ? [...row.querySelectorAll("a,button,summary")] : [];
  return {
    open: row?.dataset.open,
    marked: row?.classList.contains("at"),
    control: controls.indexOf(focused),
    href: focused && !row ? focused.getAttribute("href") : null,
    top: row?.getBoundingClientRect().top,
  };
}

function restore(place, was) {
  const row = was.open && [...place.querySelectorAll("[data-row]")].find((one) => one.dataset.open === was.open);
  if (row) {
    row.classList.toggle("at", Boolean(was.marked));
    if (was.control >= 0) row.querySelectorAll("a,button,summary")[was.control]?.focus({ preventScroll: true });
    window.scrollBy(0, row.getBoundingClientRect().top - was.top);
  } else if (was.open) {
    place.querySelector("[data-row] a, .empty a, .bands a")?.focus({ preventScroll: true });
  } else if (was.href) {
    [...place.querySelectorAll("a")].find((one) => one.getAttribute("href") === was.href)?.focus({ preventScroll: true });
  }
}

function say(words) {
  const status = document.getElementById("refreshed");
  if (status) status.textContent = words;
}

export async function refresh(place) {
  const address = window.location.href;
  const answer = await fetch(address, {
    headers: { "HX-Request": "true", "If-None-Match": place.dataset.refresh },
    redirect: "manual",
  });
  if (answer.type === "opaqueredirect") {
    say(place.dataset.signedOut);
    return false;
  }
  if (answer.status !== 200) return true;
  const html = await answer.text();
  if (busy(place) || window.location.href !== address) return true;
  const was = whereabouts(place);
  place.innerHTML = html;
  place.dataset.refresh = answer.headers.get("ETag") ?? "";
  window.htmx?.process?.(place);
  restore(place, was);
  say(place.dataset.refreshed);
  return true;
}

function later(place) {
  setTimeout(async () => {
    let on = true;
    try {
      if (!busy(place)) on = await refresh(place);
    } catch {
      // the line is down: the next round asks again
    }
    if (on) later(place);
  }, LEAST + Math.random() * SPREAD);
}

for (const place of document.querySelectorAll("[data-refresh]")) {
  later(place);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !busy(place)) refresh(place).catch(() => {});
  });
}
