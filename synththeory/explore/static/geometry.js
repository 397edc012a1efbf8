// View c: the rows of one replication in the plane of g_φ and g_ψ, the two pulls, and the fitted directions.

import { linear } from "./numbers.js";
import { drawing, line, make, mark, text } from "./svg.js";

const SIZE = 340;
const LOOKS = { majority: ["#8a8a8a", "o", 1.6], minority: ["#0072B2", "o", 2.6], synthetic: ["#E69F00", "^", 2.2] };

export class Geometry {
  constructor(figure) {
    this.figure = figure;
    this.drawing = figure.querySelector(".drawing");
  }

  stale(yes) {
    this.figure.classList.toggle("stale", yes);
    this.figure.setAttribute("aria-busy", String(yes));
  }

  show(view) {
    this.figure.hidden = !view.clouds.length;
    if (!view.clouds.length) return;
    const reach = view.reach;
    const x = linear(-reach + view.centre[0], reach + view.centre[0], 8, SIZE - 8), y = linear(-reach + view.centre[1], reach + view.centre[1], SIZE - 8, 8);
    const svg = drawing(SIZE + 150, SIZE, view.words);
    const clip = make("clipPath", { id: "geometry-frame" }, make("rect", { x: 0, y: 0, width: SIZE, height: SIZE }));
    const inside = make("g", { "clip-path": "url(#geometry-frame)" });
    svg.append(clip, inside);
    view.clouds.forEach((cloud, place) => {
      const [colour, kind, size] = LOOKS[cloud.name];
      for (const [right, up] of cloud.points) inside.append(mark(kind, x(right), y(up), colour, size));
      svg.append(mark(kind, SIZE + 14, 20 + 20 * place, colour, 4), text(SIZE + 24, 24 + 20 * place, cloud.words));
    });
    view.lines.forEach((each, place) => {
      const dash = [{}, { "stroke-dasharray": "6 4" }, { "stroke-dasharray": "2 3" }][place] || {};
      const at = 24 + 20 * (view.clouds.length + place);
      inside.append(line(x(each.start[0]), y(each.start[1]), x(each.end[0]), y(each.end[1]), { stroke: "#1a1a1a", "stroke-width": 1.6, ...dash }));
      svg.append(line(SIZE + 6, at - 4, SIZE + 22, at - 4, { stroke: "#1a1a1a", "stroke-width": 1.6, ...dash }), text(SIZE + 26, at, each.words));
    });
    view.arrows.forEach((arrow, place) => {
      const [right, up] = [x(arrow.end[0]), y(arrow.end[1])];
      const [from, base] = [x(arrow.start[0]), y(arrow.start[1])];
      const angle = Math.atan2(up - base, right - from);
      const head = [0, 2.7, -2.7].map((turn) => (turn === 0 ? [right, up] : [right + 9 * Math.cos(angle + turn), up + 9 * Math.sin(angle + turn)]));
      inside.append(line(from, base, right, up, { stroke: arrow.colour, "stroke-width": 2.4 }), make("polygon", { points: head.map((each) => each.join(",")).join(" "), fill: arrow.colour }));
      svg.append(text(right + 6, up + (place ? 20 : -6), arrow.words, { fill: arrow.colour, "font-weight": 700, stroke: "#fff", "stroke-width": 3, "paint-order": "stroke" }));
    });
    this.drawing.replaceChildren(svg);
  }
}
