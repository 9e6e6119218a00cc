// Stands in for min-dom inside bpmn-js-token-simulation (see chinese.js): what it builds speaks
// Chinese, and its colours are set one by one, since the content security policy refuses the
// attribute `style`.
import { domify as plain } from "min-dom";
import { inChinese } from "./simulation-words.js";

export * from "min-dom";

function dress(element) {
  if (element.dataset.style) {
    element.style.cssText = element.dataset.style;
    delete element.dataset.style;
  }
  if (element.title === "Trigger Event") element.classList.add("play");
  for (const name of ["title", "aria-label"]) {
    if (element.hasAttribute(name)) element.setAttribute(name, inChinese(element.getAttribute(name).trim()));
  }
  if (element.matches("span.bts-scope")) element.textContent = "　"; // its colour says which; its number nothing
  for (const node of element.childNodes) {
    const text = node.nodeType === Node.TEXT_NODE ? node.data.trim() : "";
    if (text) node.data = inChinese(text);
  }
}

export function domify(html) {
  const made = plain(html.replace(/\sstyle="/g, ' data-style="'));
  for (const one of [made, ...made.querySelectorAll("*:not(svg, svg *)")]) dress(one);
  return made;
}
