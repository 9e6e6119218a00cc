// A condition as a row of choices, and back: `outcome = "grant"`, `tolerant = true`.
const ONE = /^\s*([^\s=!]+)\s*(=|!=)\s*("(?:[^"\\]|\\.)*"|true|false|null|-?\d+(?:\.\d+)?)\s*$/u;

// What a simple condition asks, or null where it is more than one comparison.
export function parse(text) {
  const found = ONE.exec(text ?? "");
  return found && { field: found[1], sign: found[2], value: plain(found[3]) };
}

export function write({ field, sign, value }) {
  return `${field} ${sign} ${literal(value)}`;
}

function plain(written) {
  return written.startsWith('"') ? JSON.parse(written) : written;
}

function literal(value) {
  return ["true", "false", "null"].includes(value) || /^-?\d+(\.\d+)?$/.test(value)
    ? value
    : JSON.stringify(value);
}
