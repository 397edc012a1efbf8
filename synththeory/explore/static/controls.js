// The controls of the left side: native sliders with number boxes, choices and switches; kept, never rebuilt, while their keys stay.

import { short } from "./numbers.js";
import { worded } from "./svg.js";

const identify = (control) => `${control.type}|${control.key}|${control.name}`;

export class Controls {
  constructor(form, onChange) {
    this.form = form;
    this.onChange = onChange;
    this.shown = new Map();
  }

  // Bring the page in line with the server's list; a control that stays keeps its element, its focus and its place.
  show(list, problems) {
    const wanted = new Set(list.map(identify));
    for (const [name, entry] of this.shown) {
      if (!wanted.has(name)) { entry.node.remove(); this.shown.delete(name); }
    }
    const last = {};
    for (const control of list) {
      const name = identify(control);
      const entry = this.shown.get(name) || this.#made(control);
      this.shown.set(name, entry);
      const group = this.form.querySelector(`[data-group="${control.group}"]`);
      const before = last[control.group] ? last[control.group].nextSibling : group.firstChild;
      if (before !== entry.node) group.insertBefore(entry.node, before);
      last[control.group] = entry.node;
      entry.update(control);
      entry.complain(problems.filter((each) => each.key === control.key).map((each) => each.message).join("\n"));
    }
  }

  // Switches that the setting cannot have, each with the reason; neighbours with one reason show it once, below them.
  disable(list) {
    const reasons = new Map(list.map((each) => [`${each.key}|${each.name}`, each.reason]));
    const entries = [...this.shown.values()].filter((entry) => entry.refuse);
    const told = new Map(entries.map((entry) => [entry.node, reasons.get(`${entry.key}|${entry.name}`) || ""]));
    for (const entry of entries) entry.refuse(told.get(entry.node), told.get(entry.node) === told.get(entry.node.nextSibling));
  }

  #made(control) {
    const build = { slider: slider, choice: choice, switch: toggle }[control.type];
    return build(control, (key, value) => this.onChange(key, value));
  }
}

let count = 0;

function base(control, ...inputs) {
  count += 1;
  const node = document.createElement("div");
  const message = document.createElement("p");
  message.className = "message";
  message.id = `message-${count}`;
  message.hidden = true;
  const complain = (words) => {
    message.textContent = words;
    message.hidden = !words;
    for (const input of inputs) input.setAttribute("aria-invalid", String(Boolean(words)));
  };
  for (const input of inputs) input.setAttribute("aria-describedby", message.id);
  return { node, message, complain, id: `control-${count}` };
}

function slider(first, onChange) {
  const range = document.createElement("input");
  const box = document.createElement("input");
  range.type = "range";
  box.type = "number";
  box.step = "any";
  const { node, message, complain, id } = base(first, range, box);
  const label = document.createElement("label");
  label.className = "field";
  worded(label, first.name);
  label.htmlFor = id;
  range.id = id;
  box.setAttribute("aria-label", `${first.name}, as a number`);
  const row = document.createElement("div");
  row.className = "slide";
  row.append(range, box);
  node.append(label, row, message);

  let control = first;
  const log = () => control.scale === "log";
  const place = (value) => (log() ? Math.log10(Math.max(value, control.low)) : value);
  const value = (at) => {
    const exact = log() ? 10 ** at : at;
    return control.whole ? Math.round(exact) : Number(exact.toPrecision(log() ? 4 : 10));
  };
  const written = (number) => {
    if (!control.vector.length) return number;
    const length = Math.hypot(...control.vector);
    return length > 0 ? control.vector.map((each) => (each * number) / length) : [number, ...control.vector.slice(1)];
  };
  const say = (number) => {
    range.setAttribute("aria-valuetext", `${short(number, 4)} ${control.unit}`.trim());
  };
  const send = (number) => { say(number); onChange(control.key, written(number)); };
  range.addEventListener("input", () => {
    const number = value(Number(range.value));
    box.value = String(number);
    send(number);
  });
  box.addEventListener("change", () => {
    if (box.value === "" || !Number.isFinite(Number(box.value))) return;
    range.value = String(place(Number(box.value)));
    send(Number(box.value));
  });
  range.addEventListener("keydown", (event) => {
    const pages = { PageUp: 10, PageDown: -10 }[event.key];
    if (!pages) return;
    event.preventDefault();
    range.value = String(Number(range.value) + pages * Number(range.step));
    range.dispatchEvent(new Event("input"));
  });
  const update = (next) => {
    control = next;
    range.min = String(place(control.low));
    range.max = String(place(control.high));
    range.step = String(control.step);
    if (document.activeElement !== range) range.value = String(place(control.value));
    if (document.activeElement !== box) box.value = String(Number(control.value.toPrecision(6)));
    say(control.value);
  };
  return { node, update, complain };
}

function choice(first, onChange) {
  const select = document.createElement("select");
  const { node, message, complain, id } = base(first, select);
  const label = document.createElement("label");
  label.className = "field";
  worded(label, first.name);
  label.htmlFor = id;
  select.id = id;
  node.append(label, select, message);
  let control = first;
  select.addEventListener("change", () => onChange(control.key, control.values[select.selectedIndex]));
  const update = (next) => {
    if (JSON.stringify(next.options) !== JSON.stringify([...select.options].map((each) => each.text))) {
      select.replaceChildren(...next.options.map((each) => new Option(each)));
    }
    control = next;
    if (document.activeElement !== select) select.selectedIndex = next.value;
  };
  return { node, update, complain };
}

function toggle(first, onChange) {
  const box = document.createElement("input");
  box.type = "checkbox";
  const { node, message, complain, id } = base(first, box);
  box.id = id;
  const label = document.createElement("label");
  label.htmlFor = id;
  worded(label, first.name);
  const row = document.createElement("div");
  row.className = "switch";
  row.append(box, label);
  const why = document.createElement("p");
  why.id = `reason-${id}`;
  node.append(row, message, why);
  let control = first;
  box.addEventListener("change", () => onChange(control.key, box.checked ? control.on : control.off));
  const refuse = (reason, repeated) => {
    box.disabled = Boolean(reason);
    why.textContent = reason;
    why.className = repeated ? "hidden" : "quiet";
    why.hidden = !reason;
  };
  box.setAttribute("aria-describedby", `${message.id} ${why.id}`);
  const update = (next) => {
    control = next;
    box.checked = next.value;
    if (next.value) refuse("", false);
  };
  refuse("", false);
  return { node, update, complain, refuse, key: first.key, name: first.name };
}
