// The numbers behind the drawing, as a table and as CSV.

import { short } from "./numbers.js";

const COLUMNS = ["arm", "metric", "multiplier", "synthetic_size", "estimate", "mcse", "lower", "upper", "theory", "replications", "failed"];
const HEADS = ["arm", "metric", "γ", "rows", "estimate", "MCSE", "95 % from", "to", "theory", "n", "failed"];
const WHOLE = new Set(["synthetic_size", "replications", "failed"]);

// The lines of a simulation with theory's column, whose values of an arm and metric stand in the order of their lines.
export function beside(lines, columns) {
  const next = new Map(columns.map((each) => [`${each.arm}|${each.metric}`, [...each.values]]));
  return lines.map((line) => {
    const values = next.get(`${line.arm}|${line.metric}`);
    return { ...line, theory: values && values.length ? values.shift() : null };
  });
}

export function showTable(place, rows) {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const each of HEADS) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = each;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const column of COLUMNS) {
      const value = row[column];
      line.insertCell().textContent = typeof value === "number" && !WHOLE.has(column) ? short(value, column === "mcse" ? 2 : 4) : value === null ? "" : column === "metric" ? value.replaceAll("_", " ") : String(value);
    }
  }
  place.replaceChildren(table);
}

export function csv(rows) {
  const field = (value) => (value === null ? "" : /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  return [COLUMNS.join(","), ...rows.map((row) => COLUMNS.map((column) => field(row[column])).join(","))].join("\n") + "\n";
}
