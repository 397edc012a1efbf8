// The numbers behind the drawing, as a table and as CSV.

import { short } from "./numbers.js";

const COLUMNS = ["arm", "metric", "multiplier", "synthetic_size", "estimate", "mcse", "lower", "upper", "theory", "replications", "failed"];
const HEADS = ["arm", "metric", "γ", "rows", "estimate", "MCSE", "95 % from", "to", "theory", "n", "failed"];
const WHOLE = new Set(["synthetic_size", "replications", "failed"]);

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
