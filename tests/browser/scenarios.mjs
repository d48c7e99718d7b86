// The scenarios, each run by name against a running server whose address is in BASE.

import { api, base, holds, live, page, run, same, serious, shot, sizes } from './browser.mjs';

const PAGES = ['/', '/?by=district', '/?by=field', '/?by=day', '/map', '/cases', '/wall/city-now', '/styleguide', '/agency/PWDx'];

const figures = (tab) => tab.$$eval('main .num .figure', (all) => all.map((figure) => figure.textContent.trim()));

async function noComplaints(browser) {
  for (const lang of ['vi', 'en']) {
    for (const path of PAGES) {
      const { context, tab, complaints } = await page(browser);
      await tab.goto(`${base}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
      await live(tab);
      await tab.waitForTimeout(700);
      same(serious(complaints), [], `${path} in ${lang}`);
      same(await tab.getAttribute('html', 'lang'), lang, `the language of ${path}`);
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      holds(!wide, `${path} scrolls sideways`);
      await context.close();
    }
  }
}

/// The clock stands still in this test's server: what is served, what is live and what REST says must
/// be one and the same number.
async function servedIsLive(browser) {
  for (const path of ['/', '/agency/PWDx', '/wall/city-now']) {
    const plain = await page(browser, sizes.tablet, { javaScriptEnabled: false });
    await plain.tab.goto(base + path);
    const served = await figures(plain.tab);
    await plain.context.close();
    const { context, tab, complaints } = await page(browser);
    await tab.goto(base + path);
    await live(tab);
    await tab.waitForTimeout(1000);
    same(await figures(tab), served, `the numbers of ${path}`);
    same(serious(complaints), [], path);
    holds(served.length > 3, `${path} shows ${served.length} numbers`);
    await context.close();
  }
  const { rows } = await api('/api/v1/aggregates?metric=overdue');
  const { context, tab } = await page(browser);
  await tab.goto(`${base}/wall/city-now?lang=vi`);
  const shown = (await figures(tab)).map((text) => Number(text.replaceAll('.', '')));
  holds(shown.includes(rows[0][0]), `the wall shows ${shown}, REST says ${rows[0][0]} are overdue`);
  await context.close();
}

/// From the city to one case, by the links a person would touch; back goes back.
async function drill(browser, touch) {
  const options = touch ? { hasTouch: true, isMobile: true } : {};
  const { context, tab, complaints } = await page(browser, touch ? sizes.phone : sizes.tablet, options);
  const press = async (selector) => {
    const link = tab.locator(selector).first();
    await link.waitFor({ state: 'visible' });
    await (touch ? link.tap() : link.click());
  };
  await tab.goto(base);
  await live(tab);
  const seen = [];
  const step = async (selector, pattern) => {
    await press(selector);
    await tab.waitForURL(pattern, { timeout: 15_000 });
    await tab.waitForSelector('main h1');
    seen.push(new URL(tab.url()).pathname);
  };
  await step('main table.stories th.name a', /\/agency\//);
  await step('main a[href*="/field/"]', /\/field\//);
  for (let depth = 0; depth < 4 && (await tab.locator('main a[href^="/case/"]').count()) === 0; depth += 1) {
    await step('main a[href*="/field/"]:not(nav a), main a[href^="/cases?"]', /\/field\/|\/cases/);
  }
  await step('main a[href^="/case/"]', /\/case\//);
  await tab.waitForSelector('main h1');
  holds((await tab.textContent('main')).length > 100, 'the case page tells its story');
  const before = tab.url();
  await tab.goBack();
  await tab.waitForFunction((url) => location.href !== url, before);
  holds(!tab.url().includes('/case/'), 'back goes back');
  await tab.goto(`${base}/?by=district`);
  await live(tab);
  await step('main table.stories th.name a', /\/district\//);
  await step('main a[href*="/ward/"]', /\/ward\//);
  same(serious(complaints), [], `the way ${seen.join(' → ')}`);
  await context.close();
}

async function receipt(browser) {
  const { context, tab, complaints } = await page(browser);
  await tab.goto(base);
  await live(tab);
  const number = tab.locator('main .brief .num.overdue').last();
  const shown = (await number.locator('.figure').textContent()).trim();
  await number.click();
  const panel = tab.locator('[role="dialog"]');
  await panel.waitFor({ state: 'visible' });
  await tab.waitForFunction(() => document.querySelector('[role="dialog"] a[href^="/case/"]'));
  holds((await panel.textContent()).includes(shown), `the receipt says ${shown}`);
  await tab.keyboard.press('Escape');
  await panel.waitFor({ state: 'hidden' });
  same(serious(complaints), [], 'the receipt');
  await context.close();
}

/// The map draws: a pixel inside a hexagon has the legend's colour; touching it opens that cell, whose
/// cases are those of the API.
async function map(browser) {
  const { context, tab, complaints } = await page(browser);
  await tab.goto(`${base}/map`);
  await live(tab);
  await drawn(tab);
  const colours = await tab.$$eval('.hexmap-class > span:first-child', (all) => all.map((swatch) => getComputedStyle(swatch).backgroundColor));
  holds(colours.length >= 3, `the legend has ${colours.length} classes`);
  const box = await tab.locator('.hexmap-ground').boundingBox();
  const picture = await tab.screenshot({ clip: box, type: 'png' });
  const found = await tab.evaluate(async ({ bytes, colours }) => {
    const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const wanted = new Set(colours);
    const hits = {};
    const places = [];
    for (let y = 4; y < image.height - 4; y += 3) {
      for (let x = 4; x < image.width - 4; x += 3) {
        const at = (dx, dy) => {
          const place = ((y + dy) * image.width + x + dx) * 4;
          return `rgb(${data[place]}, ${data[place + 1]}, ${data[place + 2]})`;
        };
        const colour = at(0, 0);
        if (!wanted.has(colour)) continue;
        hits[colour] = (hits[colour] ?? 0) + 1;
        if ([[3, 0], [-3, 0], [0, 3], [0, -3]].every(([dx, dy]) => at(dx, dy) === colour)) places.push([x, y]);
      }
    }
    return { hits, places };
  }, { bytes: [...picture], colours });
  holds(Object.keys(found.hits).length >= 3, `pixels of the legend's colours: ${JSON.stringify(found.hits)} of ${colours}`);
  const places = (number) => found.places[(number * 7919) % found.places.length];
  const tries = Number(process.env.CELLS ?? 5);
  const cells = new Set();
  for (let number = 0; number < tries; number += 1) {
    const [x, y] = places(number);
    await tab.mouse.click(box.x + x, box.y + y);
    await tab.waitForURL(/\/cell\//, { timeout: 10_000 });
    const cell = new URL(tab.url()).pathname.split('/').pop();
    cells.add(cell);
    same(await codesOnPages(tab), await codesOfCell(cell), `the cases of ${cell}`);
    await tab.goto(`${base}/map`);
    await drawn(tab);
  }
  holds(cells.size > tries / 3, `${tries} places are in ${cells.size} cells`);
  same(serious(complaints), [], 'the map');
  await context.close();
}

async function drawn(tab) {
  await tab.waitForSelector('.hexmap-ground[data-state="drawn"] canvas', { timeout: 30_000 });
  // The names come in and the first camera comes to rest.
  await tab.waitForTimeout(2500);
}

/// The codes of the cases on a page and on all that follow it, sorted.
async function codesOnPages(tab) {
  const codes = new Set();
  for (;;) {
    await tab.waitForSelector('main a[href^="/case/"]');
    const links = await tab.$$eval('main a[href^="/case/"]', (all) => all.map((link) => link.getAttribute('href')));
    for (const link of links) codes.add(decodeURIComponent(link.split('/').pop().split('?')[0]));
    const next = tab.locator('main .pager a');
    if ((await next.count()) === 0) return [...codes].sort();
    const first = links[0];
    await next.click();
    await tab.waitForFunction((first) => {
      const link = document.querySelector('main a[href^="/case/"]');
      return link && link.getAttribute('href') !== first;
    }, first);
  }
}

/// The same, as the API says.
async function codesOfCell(cell) {
  const codes = [];
  for (let cursor = ''; cursor !== null;) {
    const answer = await api(`/api/v1/cases?cell=${cell}&status=received,in_progress&limit=1000${cursor}`);
    codes.push(...answer.cases.map((row) => row.case));
    cursor = answer.next ? `&cursor=${encodeURIComponent(answer.next)}` : null;
  }
  return codes.sort();
}

/// A map that is reached within the page asks its few questions and then rests, the same canvas in
/// place: numbers that come anew never take it off the page.
async function mapRests(browser) {
  const { context, tab, complaints } = await page(browser);
  await tab.goto(base);
  await live(tab);
  await tab.locator('header a[href^="/map"]').first().click();
  await tab.waitForURL(/\/map/);
  await drawn(tab);
  let asked = 0;
  tab.on('request', (request) => {
    if (request.url().includes('/fn/')) asked += 1;
  });
  const canvas = await tab.$('.hexmap-ground canvas');
  await tab.waitForTimeout(5000);
  holds(asked <= 1, `a map at rest asked ${asked} questions in five seconds`);
  holds(await canvas.evaluate((canvas) => canvas.isConnected), 'the canvas is still the one on the page');
  same(serious(complaints), [], 'a map at rest');
  await context.close();
}

/// A page whose program breaks says that it is stale at once and starts itself anew. It is broken for
/// real: the page that arrives is not the one that the program expects.
async function rescue(browser) {
  const { context, tab } = await page(browser);
  await tab.addInitScript(() => {
    const loads = Number(sessionStorage.getItem('loads') ?? 0) + 1;
    sessionStorage.setItem('loads', loads);
    // Before the program, which is a module, begins.
    document.addEventListener('readystatechange', () => {
      if (loads === 1 && document.readyState === 'interactive') document.querySelector('main').remove();
    });
  });
  const failed = tab.waitForEvent('pageerror');
  await tab.goto(`${base}/wall/city-now`);
  await failed;
  await tab.waitForSelector('.screen.stale', { timeout: 1000, state: 'attached' });
  await live(tab);
  same(await tab.evaluate(() => sessionStorage.getItem('loads')), '2', 'times that the page was loaded');
  holds((await figures(tab)).length > 3, 'the numbers are back');
  await context.close();
}

/// The server is stopped and continued from outside while this waits: the screen must say so.
async function cut(browser) {
  const { context, tab } = await page(browser, sizes.wall);
  await tab.goto(`${base}/wall/city-now`);
  await live(tab);
  console.log('live');
  const began = Date.now();
  await tab.waitForSelector('.screen.stale', { timeout: 30_000, state: 'attached' });
  console.log(`stale ${Date.now() - began}`);
  await tab.waitForSelector('.screen:not(.stale) .link.live', { timeout: 90_000, state: 'attached' });
  console.log('recovered');
  await context.close();
}

/// With no event arriving, a case passes to due soon and to overdue on the screen.
async function time(browser) {
  const { context, tab } = await page(browser);
  await tab.goto(`${base}/wall/city-now?lang=vi`);
  await live(tab);
  console.log('live');
  const seen = async (shape, count) => {
    await tab.waitForFunction(
      ([shape, count]) => [...document.querySelectorAll(`main .wall-number.is-${shape} .num .figure`)].some((figure) => figure.textContent.trim() === count),
      [shape, count],
      { timeout: 40_000, polling: 50 },
    );
    console.log(`${shape} ${Date.now()}`);
  };
  await seen('due-soon', '1');
  await seen('overdue', '1');
  await context.close();
}

async function pictures(browser) {
  const wanted = [
    ['wall', '/wall/city-now', sizes.wall, 1], ['leader', '/', sizes.tablet, 2], ['phone', '/', sizes.phone, 2],
    ['map', '/map', sizes.tablet, 2], ['cases', '/cases', sizes.tablet, 2], ['wall-tablet', '/wall/city-now', sizes.tablet, 1],
  ];
  const { cases } = await api('/api/v1/cases?timeliness=overdue&limit=1');
  if (cases.length > 0) wanted.push(['case', `/case/${cases[0].case}`, sizes.tablet, 2], ['case-phone', `/case/${cases[0].case}`, sizes.phone, 2]);
  for (const [name, path, size, deviceScaleFactor] of wanted) {
    const { context, tab } = await page(browser, size, { deviceScaleFactor });
    await tab.goto(base + path);
    await live(tab);
    await tab.waitForTimeout(4000);
    await shot(tab, name);
    await context.close();
  }
}

await run({
  noComplaints, servedIsLive, receipt, map, mapRests, rescue, cut, time, pictures,
  drillByClick: (browser) => drill(browser, false),
  drillByTouch: (browser) => drill(browser, true),
});
