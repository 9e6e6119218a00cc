// The questions beside a decision table: the server decides at once, by the file as last saved;
// nothing is stored. Rules that hold are marked in the table.
const aside = document.getElementById("asking");
let number = 0;
let timer = 0;

function mark() {
  const held = new Set();
  for (const one of aside.querySelectorAll("[data-rules]")) {
    for (const rule of one.dataset.rules.split(" ")) if (rule) held.add(Number(rule));
  }
  const rows = document.querySelectorAll("#canvas .tjs-container tbody tr");
  rows.forEach((row, place) => row.classList.toggle("rule-holds", held.has(place + 1)));
}

export async function ask() {
  const own = ++number;
  const form = aside.querySelector("form");
  try {
    const answer = await fetch(aside.dataset.ask, { method: "POST", body: new FormData(form) });
    if (!answer.ok) throw new Error(`the table was not asked (${answer.status})`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (own !== number) return;
    if (fresh.querySelector("form").dataset.asks !== form.dataset.asks) {
      aside.replaceChildren(...fresh.body.children);
    } else {
      aside.querySelector("[data-decided]").replaceWith(fresh.querySelector("[data-decided]"));
    }
    mark();
  } catch (reason) {
    if (own === number) aside.querySelector("[data-decided]").textContent = aside.dataset.failed;
    console.error("ask:", reason);
  }
}

export function listen() {
  aside.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });
  aside.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
}
