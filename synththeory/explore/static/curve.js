// View a: the metric against γ. Theory as lines, simulation as points with 95 % intervals, free fixes as levels, a handle.

import { logarithmic, linear, short } from "./numbers.js";
import { apart, drawing, line, make, mark, path, text } from "./svg.js";

const HEIGHT = 400, LEFT = 64, TOP = 14, BOTTOM = 56;

export class Curve {
  constructor(figure, onHandle) {
    this.figure = figure;
    this.drawing = figure.querySelector(".drawing");
    this.onHandle = onHandle;
    this.theory = null;
    this.simulation = null;
    this.pinned = null;
    this.hidden = false;
    this.gamma = 1;
    new ResizeObserver(() => { if (this.width !== this.drawing.clientWidth) this.draw(); }).observe(this.drawing);
  }

  stale(yes) {
    this.figure.classList.toggle("stale", yes);
    this.busy(yes);
  }

  busy(yes) { this.figure.setAttribute("aria-busy", String(yes)); }

  setTheory(view) { this.theory = view; }
  setSimulation(view) { this.simulation = view; this.draw(); }

  draw() {
    if (!this.theory) return;
    this.width = this.drawing.clientWidth; // drawn at the size it is shown, so that letters keep theirs
    this.right = this.width - Math.min(24 + 7.3 * Math.max(...this.#names().map((each) => each.length), 4), 0.42 * this.width);
    const { x, y } = this.#scales();
    const focused = this.drawing.contains(document.activeElement);
    const svg = drawing(this.width, HEIGHT, `${this.theory.metric} against the synthetic multiplier`);
    svg.setAttribute("role", "group"); // it holds the handle
    this.#frame(svg, x, y);
    if (!this.hidden) {
      this.#levels(svg, x, y);
      this.#lines(svg, x, y);
      this.#points(svg, x, y);
    }
    this.#handle(svg, x);
    this.drawing.replaceChildren(svg);
    if (focused) this.handle.focus();
  }

  #names() {
    return [...this.theory.lines, ...this.theory.levels, ...(this.simulation ? this.simulation.rows : [])].map((each) => each.words);
  }

  #values() {
    const theory = this.theory.lines.flatMap((each) => each.points.map(([, value]) => value));
    const levels = this.theory.levels.map((each) => each.value);
    const rows = this.simulation ? this.simulation.rows.filter((row) => row.metric === this.theory.metric_key) : [];
    const pinned = this.pinned ? this.pinned.lines.flatMap((each) => each.points.map(([, value]) => value)) : [];
    return [...theory, ...levels, ...rows.map((row) => row.estimate), ...pinned].filter((value) => value !== null && Number.isFinite(value));
  }

  #scales() {
    const x = linear(0, this.theory.last, LEFT, this.right);
    const values = this.#values();
    const low = Math.min(...values), high = Math.max(...values);
    const scale = values.length && low > 0 && high / low > 4 ? logarithmic : linear;
    const y = !values.length ? linear(0, 1, HEIGHT - BOTTOM, TOP)
      : scale === logarithmic ? logarithmic(low / 1.15, high * 1.15, HEIGHT - BOTTOM, TOP)
        : linear(Math.min(0, low), high * 1.08 || 1, HEIGHT - BOTTOM, TOP);
    return { x, y };
  }

  #frame(svg, x, y) {
    for (const tick of y.ticks) {
      svg.append(line(LEFT, y(tick), this.right, y(tick), { class: "rule" }), text(LEFT - 8, y(tick) + 4, short(tick), { "text-anchor": "end" }));
    }
    for (const tick of x.ticks) svg.append(text(x(tick), HEIGHT - BOTTOM + 27, short(tick), { "text-anchor": "middle" }));
    svg.append(line(LEFT, HEIGHT - BOTTOM, this.right, HEIGHT - BOTTOM, { class: "axis" }), line(LEFT, TOP, LEFT, HEIGHT - BOTTOM, { class: "axis" }));
    svg.append(text((LEFT + this.right) / 2, HEIGHT - 8, "synthetic multiplier γ = ñ/(n₀ − n₁)", { "text-anchor": "middle" }));
    if (this.theory.last > 1) {
      svg.append(line(x(1), TOP, x(1), HEIGHT - BOTTOM, { stroke: "#8a8a8a", "stroke-dasharray": "2 3" }), text(x(1) + 4, TOP + 11, "balanced", { class: "quiet" }));
    }
  }

  #levels(svg, x, y) {
    for (const level of this.theory.levels) {
      if (level.value === null) continue;
      svg.append(line(LEFT, y(level.value), this.right, y(level.value), { stroke: level.colour, "stroke-dasharray": "6 4" }));
    }
  }

  #lines(svg, x, y) {
    if (this.pinned) {
      for (const each of this.pinned.lines) svg.append(path(each.points.filter(([, value]) => value !== null).map(([gamma, value]) => [x(gamma), y(value)]), { stroke: each.colour, "stroke-width": 1, opacity: 0.45, class: "pinned" }));
    }
    const ends = [];
    for (const each of this.theory.lines) {
      const points = each.points.filter(([, value]) => value !== null).map(([gamma, value]) => [x(gamma), y(value)]);
      if (points.length) {
        svg.append(path(points, { stroke: each.colour, "stroke-width": 2, class: "theory", "data-arm": each.arm, ...(each.source === "pilot" ? { "stroke-dasharray": "7 4" } : {}) }));
        ends.push({ words: each.words, colour: each.colour, y: points.at(-1)[1] });
      }
      if (each.best) svg.append(mark("D", x(each.best[0]), y(each.best[1]), "#fff", 5.5), outline(mark("D", x(each.best[0]), y(each.best[1]), "none", 5.5), each.colour));
    }
    for (const level of this.theory.levels) if (level.value !== null) ends.push({ words: level.words, colour: level.colour, y: y(level.value) });
    if (!ends.length && this.simulation) ends.push(...this.#endsOfPoints(y));
    const distance = Math.min(15, (HEIGHT - BOTTOM - TOP) / ends.length);
    const places = apart(ends.map((each) => each.y + 4), distance, TOP + 8, HEIGHT - BOTTOM + 4);
    ends.forEach((each, place) => svg.append(text(this.right + 8, places[place], each.words, { fill: each.colour, "font-weight": 600, "font-size": Math.min(13, distance) })));
  }

  #endsOfPoints(y) {
    const last = new Map();
    for (const row of this.simulation.rows) if (row.metric === this.theory.metric_key && row.estimate !== null) last.set(row.arm, row);
    return [...last.values()].map((row) => ({ words: row.words, colour: row.colour, y: y(row.estimate) }));
  }

  #points(svg, x, y) {
    if (!this.simulation) return;
    for (const row of this.simulation.rows) {
      if (row.metric !== this.theory.metric_key || row.estimate === null) continue;
      const at = row.multiplier === null ? this.right - 4 : x(row.multiplier);
      const interval = line(at, y(row.lower), at, y(row.upper), { stroke: row.colour, "stroke-width": 1.4 });
      const point = mark(row.mark, at, y(row.estimate), row.colour, 3.6);
      point.setAttribute("class", "point");
      point.append(make("title"));
      point.lastChild.textContent = `${row.words}${row.multiplier === null ? "" : `, γ = ${short(row.multiplier)}`}: ${short(row.estimate, 4)} ± ${short(row.mcse, 2)} (Monte Carlo standard error, n = ${row.replications})`;
      svg.append(interval, point);
    }
  }

  #handle(svg, x) {
    const at = x(Math.min(this.gamma, this.theory.last));
    const handle = make("g", {
      class: "handle", tabindex: 0, role: "slider", "aria-label": "γ shown in the geometry", "aria-valuemin": 0,
      "aria-valuemax": this.theory.last, "aria-valuenow": this.gamma, "aria-valuetext": `γ = ${short(this.gamma)}`,
    });
    handle.append(line(at, TOP, at, HEIGHT - BOTTOM, { stroke: "#005a8f", "stroke-width": 1.5 }), make("rect", { x: at - 9, y: HEIGHT - BOTTOM + 1, width: 18, height: 11, rx: 3, fill: "#005a8f" }));
    handle.append(make("rect", { x: at - 12, y: TOP, width: 24, height: HEIGHT - BOTTOM - TOP + 14, fill: "transparent" }));
    const move = (gamma) => {
      this.gamma = Math.min(Math.max(Number(gamma.toPrecision(4)), 0), this.theory.last);
      this.draw();
      this.onHandle(this.gamma);
    };
    handle.addEventListener("keydown", (event) => {
      const step = this.theory.last / 80;
      const to = { ArrowRight: this.gamma + step, ArrowUp: this.gamma + step, ArrowLeft: this.gamma - step, ArrowDown: this.gamma - step, PageUp: this.gamma + 10 * step, PageDown: this.gamma - 10 * step, Home: 0, End: this.theory.last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      move(to);
    });
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const drag = (each) => {
        const box = this.drawing.getBoundingClientRect();
        move(x.back(((each.clientX - box.left) / box.width) * this.width));
      };
      const done = () => { window.removeEventListener("pointermove", drag); window.removeEventListener("pointerup", done); };
      window.addEventListener("pointermove", drag);
      window.addEventListener("pointerup", done);
    });
    svg.append(handle);
    this.handle = handle;
  }
}

function outline(node, colour) {
  node.setAttribute("fill", "none");
  node.setAttribute("stroke", colour);
  node.setAttribute("stroke-width", 2);
  node.setAttribute("class", "optimum");
  return node;
}
