// The one place that speaks to MapLibre. It holds no rule of the product: what is drawn in the
// hexagons, what a tap means and which resolution is shown are decided in Rust (`src/map`).

// Where a reverse proxy shows the product.
const BASE = document.documentElement.dataset.base ?? "";
const LIBRARY = BASE + "/vendor/maplibre-gl.mjs";
const WORKER = BASE + "/vendor/maplibre-gl-worker.mjs";
const STYLE_SHEET = BASE + "/vendor/maplibre-gl.css";
const HEXAGONS = "hexagons";
const MIDDLES = "hexagon-middles";

// Nothing is known of the world beyond a city, and nothing of a case nearer than this.
const ZOOM_MIN = 7;
const ZOOM_MAX = 17;
// How far one can step back from the first view.
const ZOOM_OUT = 1.5;

// Names are shown from this width of the map on, in its text size.
const NAMES_FROM_EM = 30;
// Width of the names' halo, of their size.
const HALO_SHARE = 0.11;

// How long to wait before the library is asked for again, and for how long at most.
const AGAIN_MS = 1_000;
const AGAIN_MS_MAX = 15_000;
// Who waits to ask again.
const waiting = new Set();

/** Whoever waits to ask again does so now: the link is back. */
export function again() {
  for (const ask of [...waiting]) ask();
}

function pause(tries) {
  return new Promise((resolve) => {
    const ask = () => {
      waiting.delete(ask);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(ask, Math.min(AGAIN_MS * 2 ** tries, AGAIN_MS_MAX));
    waiting.add(ask);
  });
}

// Passes once the browser has done what waited: a start is many steps, and none of them keeps a reader waiting.
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * Starts a map. Rejects with a reason where this device cannot draw one; where the library cannot be
 * loaded, asks for it until it can.
 * @param {HTMLElement} container empty, with a size
 * @param {string} options JSON: style, bounds, padding, interactive, fadeMs, over, overMiddles,
 *   title
 * @param {object} hooks what the map calls; see `src/map/bridge.rs`
 */
export async function start(container, options, hooks) {
  const maplibre = await library(container, hooks);
  await turn();
  if (!container.isConnected) throw new Error("the page has been left");
  return new Handle(maplibre, container, JSON.parse(options), hooks);
}

// Loaded with the first map: other pages do without it.
async function library(container, hooks) {
  for (let tries = 0; ; tries += 1) {
    try {
      // A browser may remember that a module could not be loaded: the next time it has another name.
      const name = tries === 0 ? LIBRARY : `${LIBRARY}?${tries}`;
      const [maplibre] = await Promise.all([import(name), styleSheet(), reachable(WORKER)]);
      maplibre.setWorkerUrl(WORKER);
      return maplibre;
    } catch (error) {
      if (!container.isConnected) throw error;
      console.warn("map:", error);
      hooks.waiting();
      await pause(tries);
    }
  }
}

// MapLibre does not say when its worker cannot be loaded.
async function reachable(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
}

function styleSheet() {
  if (document.querySelector(`link[href="${STYLE_SHEET}"]`)) return undefined;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = STYLE_SHEET;
  return new Promise((resolve, reject) => {
    link.addEventListener("load", resolve, { once: true });
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error(`${STYLE_SHEET} cannot be loaded`));
    }, { once: true });
    document.head.append(link);
  });
}

class Handle {
  #map;
  #container;
  #hooks;
  #bounds;
  #paddingEm;
  #layers;
  #isWatched;
  #em = 16;
  // What was last asked for, by source and layer: a style that comes back gets it again.
  #data = new Map();
  #textSizes = new Map();
  #isStyled = false;
  // How often a style came: what builds on an earlier one ends.
  #styles = 0;
  #isWhole = false;
  #isDrawn = false;
  #isRemoved = false;
  // Sources of the style that came from an address, and how often each failed.
  #addresses = new Map();
  #failures = new Map();

  constructor(maplibre, container, { style, bounds, padding, interactive, fadeMs, over, overMiddles, title, gestures }, hooks) {
    this.#container = container;
    this.#hooks = hooks;
    this.#isWatched = !interactive;
    this.#bounds = [[bounds[0], bounds[1]], [bounds[2], bounds[3]]];
    this.#paddingEm = padding;
    this.#measure();
    const whole = fromHere(style);
    for (const [id, source] of Object.entries(whole.sources)) {
      if (typeof source.data === "string") this.#addresses.set(id, source.data);
    }
    this.#layers = [];
    for (const layer of whole.layers) {
      if (layer.id === over) this.#layers.push(this.#drawing(HEXAGONS, "render"));
      // The middles go over the boundaries, which lie over the hexagons: no line hides a number's colour.
      if (layer.id === overMiddles) this.#layers.push(this.#drawing(MIDDLES, "renderMiddles"));
      this.#layers.push(layer);
    }
    whole.layers = [];
    this.#map = new maplibre.Map({
      container,
      style: whole,
      bounds: this.#bounds,
      fitBoundsOptions: { padding: this.#padding() },
      interactive,
      fadeDuration: fadeMs,
      locale: { "Map.Title": title, ...gestures },
      // A finger that scrolls the page passes over the map; two fingers move it.
      cooperativeGestures: interactive && matchMedia("(pointer: coarse)").matches,
      minZoom: ZOOM_MIN,
      maxZoom: ZOOM_MAX,
      maxPitch: 0,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      rollEnabled: false,
      renderWorldCopies: false,
      attributionControl: false,
      // A wall of 8K is drawn pixel by pixel; what its graphics processor cannot do it says by itself.
      maxCanvasSize: [8192, 8192],
      // Corners of hexagons are smoothed in their own shader; more would blur the colours.
      canvasContextAttributes: { antialias: false },
    });
    if (interactive) this.#map.setMinZoom(Math.max(ZOOM_MIN, this.#map.getZoom() - ZOOM_OUT));
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    this.#listen();
  }

  #listen() {
    const map = this.#map;
    // Fired at the start, and again when the style comes back after a lost context: MapLibre does
    // not bring custom layers back by itself.
    map.on("style.load", () => this.#styled());
    map.on("load", () => this.#look());
    map.on("moveend", () => this.#look());
    map.on("resize", () => {
      // Nobody can move a wall's map back: it keeps the whole city in view.
      if (this.#isWatched) this.#fit();
      this.#look();
      this.#sizeTexts();
    });
    // A map whose numbers move all the time is never idle: it is drawn with the first picture.
    map.on("render", () => {
      if (this.#isDrawn || !this.#isWhole) return;
      this.#isDrawn = true;
      this.#tell("drawn");
    });
    // Whoever wants the picture gets the canvas while it is drawn: afterwards it is empty.
    this.#container.addEventListener("picture", ({ detail }) => {
      if (this.#isRemoved) return;
      map.once("render", () => detail(map.getCanvas()));
      map.triggerRepaint();
    });
    map.on("webglcontextlost", () => {
      this.#isStyled = false;
      this.#isWhole = false;
      this.#isDrawn = false;
      this.#styles += 1;
      this.#tell("lost");
    });
    map.on("error", (event) => this.#fault(event));
    map.on("sourcedata", (event) => {
      if (event.sourceDataType === "content") this.#failures.delete(event.sourceId);
      if (this.#failures.size === 0) this.#tell("mended");
    });
    map.on("click", (event) => this.#tell("tap", event.lngLat.lat, event.lngLat.lng));
    map.on("mousemove", (event) => {
      const opens = this.#tell("canTap", event.lngLat.lat, event.lngLat.lng);
      map.getCanvas().style.cursor = opens ? "pointer" : "";
    });
  }

  // A part of the base map is missing. What comes from an address is asked for again.
  async #fault({ error, sourceId }) {
    console.warn("map:", sourceId ?? "", error);
    this.#tell("fault", error?.message ?? "the base map has a fault");
    if (!this.#addresses.has(sourceId)) return;
    const tries = this.#failures.get(sourceId) ?? 0;
    this.#failures.set(sourceId, tries + 1);
    await pause(tries);
    if (!this.#isRemoved && this.#isStyled) this.#map.getSource(sourceId)?.setData(this.#addresses.get(sourceId));
  }

  // The hooks die with the map; MapLibre may still have an event on its way.
  #tell(hook, ...words) {
    return this.#isRemoved ? undefined : this.#hooks[hook](...words);
  }

  #look() {
    this.#measure();
    this.#tell("view", this.#view());
  }

  // Of the element around: MapLibre's own style sheet sets the text size of the container.
  #measure() {
    const around = this.#container.parentElement ?? this.#container;
    this.#em = Number.parseFloat(getComputedStyle(around).fontSize) || this.#em;
  }

  #fit() {
    this.#measure();
    this.#map.fitBounds(this.#bounds, { padding: this.#padding(), animate: false });
  }

  // Never so much that nothing is left of a small map.
  #padding() {
    const most = [this.#container.clientHeight, this.#container.clientWidth];
    const px = this.#paddingEm.map((em, side) => Math.min(em * this.#em, most[side % 2] / 3));
    return { top: px[0], right: px[1], bottom: px[2], left: px[3] };
  }

  #styled() {
    this.#isStyled = true;
    this.#isWhole = false;
    this.#styles += 1;
    for (const [source, geojson] of this.#data) this.#map.getSource(source)?.setData(geojson);
    this.#addLayers(this.#styles);
  }

  // One layer a picture: each has programs that the graphics processor makes ready when it is first drawn, and all
  // of them at once keep the page still for a tenth of a second. A style that comes back has what it had of them,
  // from the lowest up, but none of ours.
  async #addLayers(style) {
    const map = this.#map;
    for (const [place, layer] of this.#layers.entries()) {
      if (map.getLayer(layer.id)) continue;
      const above = this.#layers.slice(place + 1).find(({ id }) => map.getLayer(id));
      map.addLayer(layer, above?.id);
      if (this.#textSizes.has(layer.id)) this.#sizeTexts();
      if (place + 1 < this.#layers.length) await this.#pictured();
      if (this.#isRemoved || style !== this.#styles) return;
    }
    this.#isWhole = true;
    map.triggerRepaint();
  }

  // Passes after the next picture; never where none is drawn any more.
  async #pictured() {
    await new Promise((resolve) => this.#map.once("render", resolve));
    await turn();
  }

  #drawing(id, hook) {
    const render = (_gl, frame) => {
      const matrix = Float64Array.from(frame.defaultProjectionData.mainMatrix);
      if (this.#tell(hook, matrix, this.#view(), this.#map.getPixelRatio(), performance.now())) this.repaint();
    };
    const layer = { id, type: "custom", renderingMode: "2d", render };
    if (id !== HEXAGONS) return layer;
    return { ...layer, onAdd: (_map, gl) => this.#tell("added", gl), onRemove: () => this.#tell("removed") };
  }

  // Zoom, west, south, east, north, and the text size of the map's place on the page.
  #view() {
    const bounds = this.#map.getBounds();
    const edges = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    return Float64Array.of(this.#map.getZoom(), ...edges, this.#em);
  }

  repaint() {
    this.#map.triggerRepaint();
  }

  setData(source, geojson) {
    this.#data.set(source, JSON.parse(geojson));
    if (this.#isStyled) this.#map.getSource(source)?.setData(this.#data.get(source));
  }

  setTextSize(layer, px) {
    if (this.#textSizes.get(layer) === px) return;
    this.#textSizes.set(layer, px);
    this.#sizeTexts();
  }

  #sizeTexts() {
    if (!this.#isStyled) return;
    // In a small map names would cover what they name; its list has them.
    const isRoomy = this.#container.clientWidth >= NAMES_FROM_EM * this.#em;
    for (const [layer, px] of this.#textSizes) {
      if (!this.#map.getLayer(layer)) continue;
      this.#map.setLayoutProperty(layer, "visibility", isRoomy ? "visible" : "none");
      this.#map.setLayoutProperty(layer, "text-size", px);
      this.#map.setPaintProperty(layer, "text-halo-width", px * HALO_SHARE);
    }
  }

  remove() {
    this.#map.remove();
    this.#isRemoved = true;
  }
}

// MapLibre's worker reads addresses from where it lies itself: they are made whole here.
function fromHere(style) {
  const whole = (address) => new URL(address, document.baseURI).href;
  for (const source of Object.values(style.sources)) {
    if (typeof source.data === "string") source.data = whole(source.data);
  }
  for (const faces of Object.values(style["font-faces"] ?? {})) {
    for (const face of faces) face.url = whole(face.url);
  }
  return style;
}
