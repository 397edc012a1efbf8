// SVG elements, drawn in the DOM: every text is set as text, never as markup.

const SPACE = "http://www.w3.org/2000/svg";
const SUBSCRIPT = /_([φψ])/;

export function make(name, attributes = {}, ...children) {
  const node = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  for (const child of children) node.append(child);
  return node;
}

export function drawing(width, height, title, ...children) {
  return make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title }, ...children);
}

export function text(x, y, words, attributes = {}) {
  const node = make("text", { x, y, ...attributes });
  words.split(SUBSCRIPT).forEach((part, place) => {
    if (place % 2) node.append(lowered(part, "4", "0.8em"));
    else if (part) node.append(place ? lowered(part, "-4", "1em") : part);
  });
  return node;
}

function lowered(words, dy, size) {
  const node = make("tspan", { dy, "font-size": size });
  node.textContent = words;
  return node;
}

// Words of HTML: g_φ as g with a subscript.
export function worded(node, words) {
  node.replaceChildren(...words.split(SUBSCRIPT).map((part, place) => (place % 2 ? Object.assign(document.createElement("sub"), { textContent: part }) : part)));
}

export function line(x1, y1, x2, y2, attributes = {}) {
  return make("line", { x1, y1, x2, y2, ...attributes });
}

export function path(points, attributes = {}) {
  const d = points.map(([x, y], place) => `${place ? "L" : "M"}${x.toFixed(2)},${y.toFixed(2)}`).join("");
  return make("path", { d, fill: "none", ...attributes });
}

// Labels at one edge, moved apart where they would touch.
export function apart(places, distance, low, high) {
  const order = places.map((_, place) => place).sort((one, other) => places[one] - places[other]);
  const moved = [...places];
  for (let rank = 1; rank < order.length; rank += 1) {
    moved[order[rank]] = Math.max(moved[order[rank]], moved[order[rank - 1]] + distance);
  }
  const over = order.length ? moved[order.at(-1)] - high : 0;
  if (over > 0) {
    moved[order.at(-1)] -= over;
    for (let rank = order.length - 2; rank >= 0; rank -= 1) {
      moved[order[rank]] = Math.min(moved[order[rank]], moved[order[rank + 1]] - distance);
    }
  }
  return moved.map((each) => Math.max(each, low));
}

export function mark(kind, x, y, colour, size = 4) {
  const shapes = {
    o: () => make("circle", { cx: x, cy: y, r: size }),
    s: () => make("rect", { x: x - size * 0.9, y: y - size * 0.9, width: 1.8 * size, height: 1.8 * size }),
    "^": () => polygon([[x, y - 1.2 * size], [x + 1.1 * size, y + 0.9 * size], [x - 1.1 * size, y + 0.9 * size]]),
    v: () => polygon([[x, y + 1.2 * size], [x + 1.1 * size, y - 0.9 * size], [x - 1.1 * size, y - 0.9 * size]]),
    D: () => polygon([[x, y - 1.3 * size], [x + 1.3 * size, y], [x, y + 1.3 * size], [x - 1.3 * size, y]]),
  };
  const node = (shapes[kind] || shapes.o)();
  node.setAttribute("fill", colour);
  return node;
}

function polygon(points) {
  return make("polygon", { points: points.map((each) => each.join(",")).join(" ") });
}
