// What a tick costs the page's own thread on a map of many hexagons: the product's map as it is served, beside
// deck.gl's H3HexagonLayer and MapLibre's `setData`. One browser, one size, one camera, the same cells and changes.
//
// The browser counts (`Performance.getMetrics`, of the thread's own time, so that what else runs on the machine does not
// count): scripts, style, layout and painting, all that a page does for a tick. The product's share holds what the others are not asked
// for: its socket, its legend, its list. The graphics processor's work, here a program's, is in none of the figures.

import { createRequire } from 'node:module';
import path from 'node:path';
import { api, base, drawn, holds, live, open, page, serious } from './browser.mjs';

const number = (name) => Number(process.env[name]);
const [cells, seconds] = [number('CELLS'), number('SECONDS')];
const [TICKS_A_SECOND, CHANGES_A_TICK, RES] = [4, 250, 9];
const SIZE = [1180, 820];
/// Where a disc of 64,000 cells lies inside of the city's extent.
const MIDDLE = [10.9, 106.85];
const BATCH = 1_000;

const folder = process.env.TOANCANH_BESIDE;
const h3 = createRequire(path.join(folder, 'x.js'))('h3-js');
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const disc = () => {
  let rings = 1;
  while (3 * rings * (rings + 1) + 1 < cells) rings += 1;
  return h3.gridDisk(h3.latLngToCell(...MIDDLE, RES), rings).slice(0, cells);
};

/// A repeatable chance: the same cells change in each of the three.
const chance = () => {
  let state = 42;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

let sent = 0;
/// Reports a new case in each of these cells.
async function report(all) {
  for (let from = 0; from < all.length; from += BATCH) {
    const events = all.slice(from, from + BATCH).map((cell) => {
      const [lat, lng] = h3.cellToLatLng(cell);
      const id = `beside-${(sent += 1)}`;
      return {
        specversion: '1.0', id, source: 'urn:test:beside', type: 'vn.toancanh.case.received', subject: id,
        time: new Date().toISOString(), datacontenttype: 'application/json',
        data: { kind: 'report', city: 'hcmc', channel: 'app', incident_location: { point: { lat, lng } } },
      };
    });
    const response = await fetch(`${base}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${process.env.TOKEN}`, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 500)}`);
  }
}

const held = async () => (await api(`/api/v1/hexagons?metric=open&res=${RES}`)).cells.length;

/// The page's own thread over so many ticks, in milliseconds for each.
async function cost(tab, tick) {
  const session = await tab.context().newCDPSession(tab);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const task = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  };
  await session.send('HeapProfiler.collectGarbage');
  const ticks = seconds * TICKS_A_SECOND;
  const [before, begun] = [await task(), Date.now()];
  for (let nth = 0; nth < ticks; nth += 1) {
    await tick();
    await pause(Math.max(0, begun + ((nth + 1) * 1000) / TICKS_A_SECOND - Date.now()));
  }
  const spent = (await task()) - before;
  const late = Date.now() - begun - seconds * 1000;
  await session.detach();
  return { ms: spent / ticks, late };
}

/// The product: events come in at its gateway, and its page draws what the socket brings.
async function product(browser, all) {
  const { context, tab, complaints } = await page(browser, SIZE);
  await tab.goto(`${base}/map?lang=vi`);
  await live(tab);
  await drawn(tab);
  const canvas = tab.locator('.hexmap-ground canvas');
  for (let nth = 0; nth < 8 && (await tab.getAttribute('.hexmap-ground', 'data-res')) !== String(RES); nth += 1) {
    await canvas.focus();
    await tab.keyboard.press('+');
    await pause(3_000);
  }
  await tab.waitForSelector(`.hexmap-ground[data-res="${RES}"][data-state="drawn"]`, { timeout: 60_000 });
  await pause(3_000);
  const [bounds, box] = [await tab.getAttribute('.hexmap-ground', 'data-bounds'), await canvas.boundingBox()];
  const still = await cost(tab, () => {});
  const roll = chance();
  const total = async () => (await api('/api/v1/aggregates?metric=open')).rows[0][0];
  const before = await total();
  const busy = await cost(tab, () => report(Array.from({ length: CHANGES_A_TICK }, () => all[roll(all.length)])));
  const came = (await total()) - before;
  holds(came > 0.9 * seconds * TICKS_A_SECOND * CHANGES_A_TICK, `only ${came} changes came into the numbers`);
  holds(await tab.isVisible('.link.live'), 'the page is still live');
  holds(serious(complaints).length === 0, `the page complains: ${complaints.join('; ')}`);
  await context.close();
  return { still, busy, bounds: bounds.split(',').map(Number), box };
}

/// A page with nothing on it but an element of the size of the product's map.
async function plain(browser, box) {
  const { context, tab } = await page(browser, SIZE, { bypassCSP: true });
  await context.route(`${base}/beside`, (route) => route.fulfill({
    contentType: 'text/html',
    body: `<!doctype html><body style="margin:0"><div id="ground" style="position:relative;width:${box.width}px;height:${box.height}px"></div>`,
  }));
  await tab.goto(`${base}/beside`);
  return { context, tab };
}

/// The colours of the product's ramp, by a number's class.
const LAYER = `
  window.ramp = [[180, 210, 204], [141, 189, 184], [101, 164, 164], [63, 134, 140], [38, 103, 115], [15, 67, 80]];
  window.colour = (value) => window.ramp[Math.min(5, Math.floor(value / 2))];
`;

async function deck(browser, all, { bounds, box }, isDiffed) {
  const { context, tab } = await plain(browser, box);
  await tab.addScriptTag({ content: LAYER });
  await tab.addScriptTag({ path: path.join(folder, 'node_modules/h3-js/dist/h3-js.umd.js') });
  await tab.addScriptTag({ path: path.join(folder, 'node_modules/deck.gl/dist.min.js') });
  await tab.evaluate(async ({ all, bounds, box, isDiffed }) => {
    const [west, south, east, north] = bounds;
    const view = new deck.WebMercatorViewport(box).fitBounds([[west, south], [east, north]]);
    let rows = all.map((cell) => ({ cell, value: 1 }));
    let changed = [];
    const layer = () => new deck.H3HexagonLayer({
      id: 'hexagons', data: rows, getHexagon: ({ cell }) => cell, getFillColor: ({ value }) => window.colour(value),
      extruded: false, stroked: false, pickable: false,
      ...(isDiffed ? { _dataDiff: () => changed.map((row) => ({ startRow: row, endRow: row + 1 })) } : {}),
    });
    await new Promise((resolve) => {
      window.drawing = new deck.Deck({
        parent: document.getElementById('ground'), width: box.width, height: box.height, controller: false,
        initialViewState: { longitude: view.longitude, latitude: view.latitude, zoom: view.zoom },
        layers: [layer()], onAfterRender: resolve,
      });
    });
    window.tick = (places) => {
      rows = rows.slice();
      for (const place of places) rows[place] = { cell: rows[place].cell, value: rows[place].value + 1 };
      changed = places;
      window.drawing.setProps({ layers: [layer()] });
    };
  }, { all, bounds, box, isDiffed });
  return beside(context, tab, all);
}

async function setData(browser, all, { bounds, box }) {
  const { context, tab } = await plain(browser, box);
  await tab.addScriptTag({ content: LAYER });
  const outlines = all.map((cell) => h3.cellToBoundary(cell, true));
  await tab.evaluate(async ({ all, outlines, bounds, base }) => {
    const maplibre = await import(`${base}/vendor/maplibre-gl.mjs`);
    maplibre.setWorkerUrl(`${base}/vendor/maplibre-gl-worker.mjs`);
    const features = all.map((_, place) => ({ type: 'Feature', properties: { value: 1 }, geometry: { type: 'Polygon', coordinates: [outlines[place]] } }));
    const data = () => ({ type: 'FeatureCollection', features });
    const stops = window.ramp.flatMap(([r, g, b], place) => (place ? [place * 2, `rgb(${r},${g},${b})`] : [`rgb(${r},${g},${b})`]));
    const map = new maplibre.Map({
      container: 'ground', bounds: [[bounds[0], bounds[1]], [bounds[2], bounds[3]]], interactive: false, attributionControl: false, fadeDuration: 0,
      style: {
        version: 8, sources: { cells: { type: 'geojson', data: data() } },
        layers: [{ id: 'cells', type: 'fill', source: 'cells', paint: { 'fill-color': ['step', ['get', 'value'], ...stops], 'fill-antialias': false } }],
      },
    });
    await new Promise((resolve) => { map.once('idle', resolve); });
    window.tick = (places) => {
      for (const place of places) features[place].properties.value += 1;
      map.getSource('cells').setData(data());
    };
  }, { all, outlines, bounds, base });
  return beside(context, tab, all);
}

/// The same changes at the same pace.
async function beside(context, tab, all) {
  await pause(3_000);
  const roll = chance();
  const busy = await cost(tab, () => tab.evaluate((places) => window.tick(places), Array.from({ length: CHANGES_A_TICK }, () => roll(all.length))));
  await context.close();
  return busy;
}

const browser = await open();
try {
  const all = disc();
  await report(all);
  for (let until = Date.now() + 120_000; (await held()) < cells; await pause(500)) holds(Date.now() < until, `only ${await held()} cells of ${cells} are there`);
  const ours = await product(browser, all);
  const others = [
    ['deck.gl H3HexagonLayer', await deck(browser, all, ours, false)],
    ['deck.gl H3HexagonLayer with _dataDiff', await deck(browser, all, ours, true)],
    ['MapLibre setData', await setData(browser, all, ours)],
  ];
  console.log(`figure: live cells = ${await held()}`);
  console.log(`figure: the map at rest, ms a tick = ${ours.still.ms.toFixed(2)}`);
  console.log(`figure: the map, ms a tick = ${ours.busy.ms.toFixed(2)}`);
  for (const [name, { ms, late }] of others) {
    console.log(`figure: ${name}, ms a tick = ${ms.toFixed(2)}`);
    console.log(`figure: ${name}, times the map = ${(ms / ours.busy.ms).toFixed(2)}`);
    console.log(`figure: ${name}, ms behind at the end = ${Math.max(0, late)}`);
  }
  const [, { ms: whole }] = others.at(-1);
  holds(ours.busy.ms < whole * number('SHARE_MAX'), `a tick costs the map ${ours.busy.ms.toFixed(2)} ms, a full setData ${whole.toFixed(2)} ms`);
} catch (error) {
  console.error(error.stack ?? error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
