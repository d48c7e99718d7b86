// A small picture of what a wall shows, for the page of all screens. The page is written as an SVG with the product's
// own style in it and drawn small: nothing is measured, so that the wall's numbers move on meanwhile. Each step is a
// turn of its own.

const BASE = document.documentElement.dataset.base ?? "";
const XHTML = "http://www.w3.org/1999/xhtml";
const SVG = "http://www.w3.org/2000/svg";
// Faces that the picture is written with; a name set in another weight takes the nearest.
const WEIGHTS = ["400", "600"];
// How good it is, until it is small enough.
const QUALITIES = [0.75, 0.55, 0.35];
// How long a map may need to draw itself once more.
const MAP_MS = 1_500;
const MAP_QUALITY = 0.8;

// The style does not change while a page lives.
let style = null;

/** The wall as WebP, where the browser writes it, else as JPEG: `sidePx` at most on its longer side, `most` bytes. */
export async function take(main, sidePx, most) {
  if (!main) throw new Error("there is no wall");
  style ??= await styleSheet();
  const [width, height] = [innerWidth, innerHeight];
  const scale = Math.min(1, sidePx / Math.max(width, height));
  await turn();
  const maps = await pictured(main, scale);
  await turn();
  const text = written(main, maps, width, height);
  await turn();
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  await turn();
  const canvas = small(image, width * scale, height * scale);
  image.src = "";
  return packed(canvas, most);
}

// Passes once the browser has done what waited.
function turn() {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(resolve, { timeout: 1_000 });
    else setTimeout(resolve, 0);
  });
}

// The product's style, its few faces in it: an SVG asks nobody for anything.
async function styleSheet() {
  const text = await (await fetch(`${BASE}/style.css`)).text();
  const faces = text.match(/@font-face\s*{[^}]*}/g) ?? [];
  const rest = text.replace(/@font-face\s*{[^}]*}/g, "");
  const kept = faces.filter((face) => WEIGHTS.some((weight) => face.includes(`font-weight: ${weight}`)));
  return (await Promise.all(kept.map(withBytes))).join("\n") + rest;
}

async function withBytes(face) {
  const [named, name] = face.match(/url\(["']?([^"')]+)["']?\)/) ?? [];
  if (!named) return "";
  const address = new URL(name, new URL(`${BASE}/style.css`, location.href));
  const bytes = await (await fetch(address)).blob();
  return face.replace(named, `url(${await asData(bytes)})`);
}

function asData(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

// What each map that is seen shows, by its canvas. One that draws nothing now is left out.
async function pictured(main, scale) {
  const maps = new Map();
  for (const ground of main.querySelectorAll(".panels:not(.away) .hexmap-ground")) {
    const found = ground.querySelector("canvas");
    if (!found || !ground.checkVisibility?.({ visibilityProperty: true })) continue;
    const copy = await drawnAgain(ground, found, scale);
    await turn();
    if (copy) maps.set(found, await asData(await blob(copy, "image/jpeg", MAP_QUALITY)));
  }
  return maps;
}

function drawnAgain(ground, found, scale) {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(null), MAP_MS);
    const detail = (canvas) => {
      clearTimeout(late);
      resolve(small(canvas, found.clientWidth * scale, found.clientHeight * scale));
    };
    ground.dispatchEvent(new CustomEvent("picture", { detail }));
  });
}

function small(image, width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
  // Kept where it is read: a picture that must first come back from the graphics processor holds the page up.
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// The page as an SVG: what is away is left out.
function written(main, maps, width, height) {
  const page = document.createElementNS(XHTML, "html");
  copyNames(document.documentElement, page);
  const body = page.appendChild(document.createElementNS(XHTML, "body"));
  copyNames(document.body, body);
  body.append(copied(main, maps));
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) svg.setAttribute(name, value);
  const sheet = svg.appendChild(document.createElementNS(SVG, "style"));
  sheet.textContent = style;
  const inside = svg.appendChild(document.createElementNS(SVG, "foreignObject"));
  inside.setAttribute("width", width);
  inside.setAttribute("height", height);
  inside.append(page);
  return new XMLSerializer().serializeToString(svg);
}

function copyNames(from, to) {
  for (const { name, value } of from.attributes) to.setAttribute(name, value);
}

function copied(node, maps) {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
  if (node instanceof HTMLCanvasElement) {
    const image = document.createElementNS(XHTML, "img");
    if (maps.has(node)) image.setAttribute("src", maps.get(node));
    image.setAttribute("width", node.clientWidth);
    image.setAttribute("height", node.clientHeight);
    return image;
  }
  const copy = node.cloneNode(false);
  for (const child of node.childNodes) {
    const isShown = child.nodeType === Node.TEXT_NODE || (child.nodeType === Node.ELEMENT_NODE && !child.matches(".away, script"));
    if (isShown) copy.append(copied(child, maps));
  }
  return copy;
}

function blob(canvas, type, quality) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("nothing was drawn"))), type, quality);
  });
}

async function packed(canvas, most) {
  for (const quality of QUALITIES) {
    let found = await blob(canvas, "image/webp", quality);
    if (found.type !== "image/webp") found = await blob(canvas, "image/jpeg", quality);
    if (found.size <= most) return found;
  }
  throw new Error("the picture is too large");
}
