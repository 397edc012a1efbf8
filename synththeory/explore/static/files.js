// What the page gives away: text, SVG and PNG files, made in the browser.

export function save(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function svgText(svg) {
  const copy = svg.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const [, , width, height] = svg.getAttribute("viewBox").split(" ");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.querySelectorAll(".handle").forEach((each) => each.remove());
  for (const each of copy.querySelectorAll(".rule")) each.setAttribute("stroke", "#e4e4e4");
  for (const each of copy.querySelectorAll(".axis")) each.setAttribute("stroke", "#1a1a1a");
  for (const each of copy.querySelectorAll("text")) { each.setAttribute("font-family", "sans-serif"); if (!each.hasAttribute("font-size")) each.setAttribute("font-size", "13"); }
  return new XMLSerializer().serializeToString(copy);
}

export async function savePng(name, svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * image.width;
  canvas.height = 2 * image.height;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => save(name, blob, "image/png"));
}
