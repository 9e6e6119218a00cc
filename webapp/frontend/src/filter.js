// Filter as you type, in the page: no round trip. The box is hidden without JavaScript.
for (const box of document.querySelectorAll("[data-filter-box]")) box.hidden = false;

for (const input of document.querySelectorAll("[data-filter]")) {
  const holder = document.querySelector(input.dataset.filter);
  const lines = [...holder.querySelectorAll("[data-filter-words]")];
  const none = document.querySelector("[data-filter-none]");
  const filter = () => {
    const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    for (const line of lines) line.hidden = !words.every((word) => line.dataset.filterWords.includes(word));
    for (const group of holder.querySelectorAll("[data-filter-group]")) {
      group.hidden = !group.querySelector("[data-filter-words]:not([hidden])");
    }
    if (none) none.hidden = lines.some((line) => !line.hidden);
  };
  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    lines.find((line) => !line.hidden)?.querySelector("a")?.click();
  });
  if (input.autofocus) input.focus();
  filter();
}
