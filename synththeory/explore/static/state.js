// The page's state: a study's cell and what was changed of it. Its text is the URL's, and the server reads the same.

export class State {
  constructor(search) {
    this.study = null;
    this.cell = "0";
    this.gamma = "1";
    this.replications = "5000";
    this.changes = new Map();
    for (const [name, value] of new URLSearchParams(search)) {
      if (name === "set") {
        const cut = value.indexOf("=");
        this.changes.set(value.slice(0, cut), value.slice(cut + 1));
      } else if (name in { study: 0, cell: 0, gamma: 0, replications: 0 }) this[name] = value;
    }
  }

  begin(preset) {
    this.study = preset.study;
    this.cell = String(preset.cell);
    this.changes = new Map(preset.settings.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]));
  }

  // A change of a whole table takes the place of every change within it.
  set(key, value) {
    for (const other of [...this.changes.keys()]) if (other === key || other.startsWith(`${key}.`)) this.changes.delete(other);
    this.changes.set(key, toml(value));
  }

  get design() {
    const pairs = this.study === null ? [] : [["study", this.study], ["cell", this.cell]];
    for (const [key, value] of this.changes) pairs.push(["set", `${key}=${value}`]);
    return new URLSearchParams(pairs).toString();
  }

  // What the geometry shows: the design at the handle's γ.
  get pointed() {
    return `${this.design}&${new URLSearchParams([["gamma", this.gamma]])}`.replace(/^&/, "");
  }

  get query() {
    return `${this.pointed}&${new URLSearchParams([["replications", this.replications]])}`;
  }
}

export function toml(value) {
  if (Array.isArray(value)) return `[${value.map(toml).join(", ")}]`;
  if (value !== null && typeof value === "object") return `{ ${Object.entries(value).filter(([, each]) => each !== null).map(([key, each]) => `${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)} = ${toml(each)}`).join(", ")} }`;
  return typeof value === "number" ? String(value).replace("e+", "e") : JSON.stringify(value);
}
