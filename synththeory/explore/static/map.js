// View b: theory's answer over two settings; where the page is, and a click or the arrow keys to move.

import { linear, logarithmic, short } from "./numbers.js";
import { drawing, line, make, text } from "./svg.js";

const WIDTH = 420, HEIGHT = 340, LEFT = 52, RIGHT = 16, TOP = 10, BOTTOM = 78;
// Ends and middle of cividis, legible in grey and to the colour-blind.
const COLOURS = [[0, 32, 76], [87, 92, 109], [155, 148, 118], [255, 233, 69]];

export class RegimeMap {
  constructor(figure, onMove, onKind) {
    this.figure = figure;
    this.drawing = figure.querySelector(".drawing");
    this.onMove = onMove;
    this.kinds = figure.querySelector("#map-kind");
    this.choice = figure.querySelector("#surface");
    this.kinds.addEventListener("change", onKind);
    this.choice.addEventListener("change", () => this.draw());
  }

  // The map that is wanted, by name.
  get kind() { return this.kinds.value; }

  stale(yes) {
    this.figure.classList.toggle("stale", yes);
    this.figure.setAttribute("aria-busy", String(yes));
  }

  // One map, and the names of all that the setting has.
  show({ map, names }) {
    this.view = map;
    choices(this.kinds, names, names.length > 1);
    this.kinds.value = map.name;
    choices(this.choice, map.surfaces.map((each) => each.name), map.surfaces.length > 0);
    this.draw();
  }

  draw() {
    const view = this.view;
    if (!view.surfaces.length) {
      this.drawing.replaceChildren();
      return;
    }
    this.surface = view.surfaces[this.choice.selectedIndex];
    this.low = this.surface.ticks[0];
    this.high = this.surface.ticks.at(-1);
    const focused = this.drawing.contains(document.activeElement);
    const x = axis(view.x, LEFT, WIDTH - RIGHT), y = axis(view.y, HEIGHT - BOTTOM, TOP);
    const svg = drawing(WIDTH, HEIGHT, view.words);
    svg.removeAttribute("role");
    this.#cells(svg, view, x, y);
    this.#frame(svg, view, x, y);
    this.#bar(svg, view);
    this.#place(svg, view, x, y);
    this.drawing.replaceChildren(svg);
    if (focused) this.here.focus();
  }

  #cells(svg, view, x, y) {
    const group = make("g", { "shape-rendering": "crispEdges", "aria-hidden": "true" });
    const xs = edges(view.x.values.map(x)), ys = edges(view.y.values.map(y));
    this.surface.values.forEach((row, j) => row.forEach((value, i) => {
      group.append(make("rect", { x: Math.min(xs[i], xs[i + 1]), y: Math.min(ys[j], ys[j + 1]), width: Math.abs(xs[i + 1] - xs[i]) + 0.3, height: Math.abs(ys[j + 1] - ys[j]) + 0.3, fill: colour(value, this.low, this.high) }));
    }));
    group.addEventListener("click", (event) => {
      const box = this.drawing.getBoundingClientRect();
      const at = [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.width) * WIDTH];
      this.#move(nearest(view.x.values, x.back(at[0])), nearest(view.y.values, y.back(at[1])));
    });
    svg.append(group);
  }

  #frame(svg, view, x, y) {
    for (const tick of x.ticks) svg.append(text(x(tick), HEIGHT - BOTTOM + 16, short(tick), { "text-anchor": "middle" }));
    for (const tick of y.ticks) svg.append(text(LEFT - 6, y(tick) + 4, short(tick), { "text-anchor": "end" }));
    svg.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 33, view.x.name, { "text-anchor": "middle" }));
    svg.append(text(14, (TOP + HEIGHT - BOTTOM) / 2, view.y.name, { "text-anchor": "middle", transform: `rotate(-90 14 ${(TOP + HEIGHT - BOTTOM) / 2})` }));
  }

  #bar(svg, view) {
    const scale = logarithmic(this.low, this.high, LEFT, WIDTH - RIGHT);
    for (let k = 0; k < 60; k += 1) {
      const from = LEFT + ((WIDTH - RIGHT - LEFT) * k) / 60;
      svg.append(make("rect", { x: from, y: HEIGHT - 32, width: (WIDTH - RIGHT - LEFT) / 60 + 0.5, height: 9, fill: colour(scale.back(from), this.low, this.high), "aria-hidden": "true" }));
    }
    for (const tick of this.surface.ticks) {
      svg.append(line(scale(tick), HEIGHT - 23, scale(tick), HEIGHT - 19, { class: "axis" }), text(scale(tick), HEIGHT - 7, short(tick), { "text-anchor": "middle" }));
    }
  }

  #place(svg, view, x, y) {
    const [right, up] = view.here;
    const words = `${view.x.name} ${short(right)}, ${view.y.name} ${short(up)}: ${this.surface.name} ${short(this.surface.value)}`;
    const here = make("g", { tabindex: 0, role: "application", "aria-label": `You are here: ${words}. Arrow keys move.` });
    here.append(make("circle", { cx: x(right), cy: y(up), r: 8, fill: "none", stroke: "#000", "stroke-width": 4 }), make("circle", { cx: x(right), cy: y(up), r: 8, fill: "none", stroke: "#fff", "stroke-width": 2 }));
    here.addEventListener("keydown", (event) => {
      const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!step) return;
      event.preventDefault();
      this.#move(along(view.x.values, right, step[0]), along(view.y.values, up, step[1]));
    });
    svg.append(here);
    this.here = here;
  }

  #move(right, up) {
    this.view = { ...this.view, here: [right, up] };
    this.draw();
    this.onMove(this.view, right, up);
  }
}

// What a list offers; hidden with its label where there is nothing to choose.
function choices(select, names, wanted) {
  select.parentElement.hidden = !wanted;
  if (names.join("|") !== [...select.options].map((each) => each.text).join("|")) select.replaceChildren(...names.map((each) => new Option(each)));
}

function axis(entry, start, end) {
  const scale = (entry.scale === "log" ? logarithmic : linear)(entry.values[0], entry.values.at(-1), start, end);
  scale.ticks = entry.ticks;
  return scale;
}

function edges(places) {
  const middles = places.slice(1).map((place, k) => (place + places[k]) / 2);
  return [places[0], ...middles, places.at(-1)];
}

function nearest(values, value) {
  return values.reduce((best, each) => (Math.abs(each - value) < Math.abs(best - value) ? each : best));
}

function along(values, value, step) {
  const place = values.indexOf(nearest(values, value)) + step;
  return values[Math.min(Math.max(place, 0), values.length - 1)];
}

function colour(value, low, high) {
  if (value === null) return "#fff";
  const share = Math.min(Math.max(Math.log(value / low) / Math.log(high / low), 0), 1) * (COLOURS.length - 1);
  const place = Math.min(Math.floor(share), COLOURS.length - 2);
  const mixed = COLOURS[place].map((each, k) => Math.round(each + (COLOURS[place + 1][k] - each) * (share - place)));
  return `rgb(${mixed.join(",")})`;
}
