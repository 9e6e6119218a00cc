// Limits and due dates as the diagrams write them: `5 workday`, `same_day`, `due("check")`,
// `before("promised", 1)`.
const LIMIT = /^\s*(\d{1,4})\s+(workday|hour|day)\s*$/;
const DUE = /^\s*due\(\s*["']([a-z_]+)["']\s*\)\s*$/;
const BEFORE = /^\s*before\(\s*["']([a-z_]+)["']\s*,\s*(\d{1,3})\s*\)\s*$/;

export function parseLimit(text) {
  if ((text ?? "").trim() === "same_day") return { amount: "", unit: "same_day" };
  const found = LIMIT.exec(text ?? "");
  return found ? { amount: found[1], unit: found[2] } : { amount: "", unit: "" };
}

export function writeLimit({ amount, unit }) {
  if (unit === "same_day") return "same_day";
  return unit && Number(amount) > 0 ? `${Number(amount)} ${unit}` : undefined;
}

export function parseDue(text) {
  const due = DUE.exec(text ?? "");
  if (due) return { clock: due[1], before: "0" };
  const before = BEFORE.exec(text ?? "");
  return before ? { clock: before[1], before: before[2] } : { clock: "", before: "0" };
}

export function writeDue({ clock, before }) {
  if (!clock) return undefined;
  return Number(before) > 0 ? `before("${clock}", ${Number(before)})` : `due("${clock}")`;
}
