// A wall that nobody touches: for SECONDS its network is cut CUTS times for one to LONGEST seconds and its graphics
// are lost LOSSES times, while the server is started anew from outside. At every look it is fresh or says that it is
// not; it comes back by itself; and it weighs at the end what it weighed at the beginning.

import { base, drawn, holds, live, open, page, same, sizes } from './browser.mjs';

const number = (name) => Number(process.env[name]);
const [seconds, cuts, losses, longest] = ['SECONDS', 'CUTS', 'LOSSES', 'LONGEST'].map(number);

/// A screen shows that it is stale 2.3 s after the last frame; a machine that draws on its processor has more.
const STALE_WITHIN_MS = 5_000;
/// The longest pause between two attempts is 30 s.
const BACK_WITHIN_MS = 75_000;
const SAMPLE_EVERY_MS = 15_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/// So much more each hour, by least squares.
function slopePerHour(samples) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(samples.map(([x]) => x)), mean(samples.map(([, y]) => y))];
  const above = samples.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0);
  const below = samples.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
  return (above / below) * 3_600_000;
}

async function soak(browser) {
  const { context, tab } = await page(browser, sizes.wall);
  let loads = 0;
  tab.on('load', () => { loads += 1; });
  let heard = Date.now();
  tab.on('websocket', (socket) => socket.on('framereceived', () => { heard = Date.now(); }));
  await tab.goto(`${base}/wall/city-now`);
  await live(tab);
  await drawn(tab);
  console.log('live');

  const session = await context.newCDPSession(tab);
  await session.send('Performance.enable');
  const begun = Date.now();
  const end = begun + seconds * 1000;
  const lies = [];
  const looks = { all: 0, stale: 0 };
  const watch = async () => {
    while (Date.now() < end) {
      const asked = Date.now();
      const isStale = await tab.evaluate(() => document.querySelector('.screen.stale') !== null);
      looks.all += 1;
      looks.stale += Number(isStale);
      // Between the question and its answer the page may have turned either way.
      if (!isStale && asked - heard > STALE_WITHIN_MS) lies.push(`fresh, ${asked - heard} ms after the last frame`);
      await pause(250);
    }
  };
  const heap = [];
  const nodes = [];
  const weigh = async () => {
    while (Date.now() < end) {
      await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      const of = (name) => metrics.find((metric) => metric.name === name).value;
      heap.push([Date.now() - begun, of('JSHeapUsedSize') / 1_048_576]);
      nodes.push([Date.now() - begun, of('Nodes')]);
      await pause(SAMPLE_EVERY_MS);
    }
  };
  const back = async (what) => {
    const since = Date.now();
    await tab.waitForSelector('.link.live', { timeout: BACK_WITHIN_MS, state: 'attached' });
    await tab.waitForSelector('.hexmap-ground[data-state="drawn"] canvas', { timeout: BACK_WITHIN_MS });
    console.log(`${what}: back after ${((Date.now() - since) / 1000).toFixed(1)} s`);
  };
  const trouble = async () => {
    const all = [...Array(cuts).fill('cut'), ...Array(losses).fill('loss')].sort(() => Math.random() - 0.5);
    const every = (seconds * 1000) / (all.length + 1);
    for (const [nth, one] of all.entries()) {
      await pause(Math.max(0, begun + (nth + 0.5) * every - Date.now()));
      if (one === 'cut') {
        const time = 1 + Math.random() * (longest - 1);
        await context.setOffline(true);
        await pause(time * 1000);
        await context.setOffline(false);
        await back(`cut of ${time.toFixed(1)} s`);
      } else {
        const isLost = await tab.evaluate(async () => {
          const canvas = document.querySelector('.hexmap-ground canvas');
          const way = canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context');
          way?.loseContext();
          await new Promise((resolve) => { setTimeout(resolve, 500); });
          way?.restoreContext();
          return Boolean(way);
        });
        holds(isLost, 'the graphics were lost');
        await pause(1_000);
        await back('graphics lost');
      }
    }
  };
  await Promise.all([watch(), weigh(), trouble()]);
  await back('the end');
  same(loads, 1, 'times that the page was loaded');
  same(lies, [], `of ${looks.all} looks, ${looks.stale} at a stale screen`);
  // The first samples are those of a page that still fills.
  const settled = (samples) => samples.slice(Math.ceil(samples.length / 5));
  const span = (samples) => [Math.min(...samples.map(([, y]) => y)), Math.max(...samples.map(([, y]) => y))];
  const [heapSlope, nodeSlope] = [slopePerHour(settled(heap)), slopePerHour(settled(nodes))];
  console.log(`figure: looks = ${looks.all}`);
  console.log(`figure: looks at a stale screen = ${looks.stale}`);
  console.log(`figure: looks at an old frame shown as fresh = ${lies.length}`);
  console.log(`figure: heap MiB an hour = ${heapSlope.toFixed(2)}`);
  console.log(`figure: heap MiB least to most = ${span(settled(heap)).map((value) => value.toFixed(1)).join(' to ')}`);
  console.log(`figure: nodes an hour = ${nodeSlope.toFixed(0)}`);
  console.log(`figure: nodes least to most = ${span(settled(nodes)).join(' to ')}`);
  holds(heapSlope < number('HEAP_MIB_AN_HOUR_MAX'), `the heap grows by ${heapSlope.toFixed(1)} MiB an hour`);
  holds(nodeSlope < number('NODES_AN_HOUR_MAX'), `the page grows by ${nodeSlope.toFixed(0)} nodes an hour`);
  await context.close();
}

const browser = await open();
try {
  await soak(browser);
} catch (error) {
  console.error(error.stack ?? error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
