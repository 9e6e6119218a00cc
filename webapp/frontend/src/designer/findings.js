// The list of what is wrong with the file, under the editor: a line a finding; a click goes to
// the element.
const place = document.getElementById("findings");
const words = JSON.parse(place.dataset.severities);
let go = null;
let remedy = () => null;

export function onGoTo(callback) {
  go = callback;
}

// `find` gives for a finding the words and the change of its remedy, or null.
export function onRemedy(find) {
  remedy = find;
}

function row(finding) {
  const item = document.createElement("li");
  const tag = document.createElement("span");
  tag.className = `tag ${{ error: "tag-red", unfit: "tag-amber" }[finding.severity] ?? ""}`;
  tag.textContent = words[finding.severity];
  const text = document.createElement(finding.element && go ? "button" : "span");
  text.textContent = finding.sentence;
  if (text.tagName === "BUTTON") {
    text.type = "button";
    text.className = "btn btn-link";
    text.addEventListener("click", () => go(finding.element));
  }
  item.append(tag, " ", text);
  if (finding.remedy) {
    const advice = document.createElement("span");
    advice.className = "muted";
    advice.textContent = ` ${finding.remedy}`;
    item.append(advice);
  }
  const [label, apply] = remedy(finding) ?? [];
  if (apply) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-outline-primary";
    button.textContent = `改正：${label}`;
    button.addEventListener("click", apply);
    item.append(" ", button);
  }
  return item;
}

export function showFindings(findings) {
  const serious = findings.filter((finding) => finding.severity !== "note");
  const title = document.createElement("h2");
  title.textContent = serious.length
    ? `${place.dataset.title} ${serious.length}`
    : `✓ ${place.dataset.none}`;
  const list = document.createElement("ul");
  list.append(...findings.map(row));
  place.replaceChildren(title, list);
}
