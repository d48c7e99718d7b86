// The scenarios, each run by name against a running server whose address is in BASE.

import { api, base, drawn, figures, holds, live, page, run, same, serious, shot, sizes } from './browser.mjs';
import { cut as cutOff, moving, unreached, untranslated, violations } from './checks.mjs';
import { alarm } from './alarms.mjs';
import { lobby, lookUp } from './centre.mjs';
import { urge } from './directives.mjs';
import { failover, proxied, rolling } from './elsewhere.mjs';
import { follow } from './follow.mjs';
import { comparing, lastLook, sorting } from './leader.mjs';
import { graphicsLost } from './graphics.mjs';
import { keptOffline } from './offline.mjs';
import { address, pages } from './pages.mjs';
import { paper } from './paper.mjs';
import { past } from './past.mjs';
import { seams } from './seams.mjs';
import { shift } from './shift.mjs';
import { task } from './task.mjs';
import { training } from './training.mjs';

const PAGES = ['/', '/?by=district', '/?by=field', '/?by=day', '/map', '/cases', '/wall/city-now', '/enrol', '/director', '/styleguide', '/agency/PWDx'];

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
  await step('main table.stories tbody th.name a', /\/agency\//);
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
  await step('main table.stories tbody th.name a', /\/district\//);
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
    await tab.waitForURL(/\/cell\//, { timeout: 30_000 });
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

/// The clock stands still: each of the first numbers of a drill-down page is the value of its own
/// receipt, at every level and for every way to split.
async function receiptsAgree(browser) {
  const { context, tab } = await page(browser, sizes.tablet, { javaScriptEnabled: false });
  const seen = new Set();
  const check = async (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    await tab.goto(base + path);
    const numbers = await tab.$$eval('main .num', (all) => all.slice(0, 40).map((number) => ({
      shown: number.querySelector('.figure').textContent.trim(),
      href: number.getAttribute('href'),
    })));
    holds(numbers.length > 0, `${path} shows no number`);
    await Promise.all(numbers.map(async ({ shown, href }) => {
      // A share is not the count that its receipt lists.
      if (!/^[\d.,]+$/.test(shown) || seen.has(`${shown} ${href}`)) return;
      seen.add(`${shown} ${href}`);
      const search = href.split('?')[1].replace(/today(-(\d+)d)?/g, (_, __, days) => dayBefore(today, Number(days ?? 0)));
      const { value } = await api(`/api/v1/receipt?${search}`);
      same(Number(shown.replaceAll(/[.,]/g, '')), value, `${path}: ${href}`);
    }));
  };
  const { at } = await api('/api/v1/aggregates?metric=open');
  const today = at.slice(0, 10);
  const ways = ['', '?by=field&compare=30d', '?by=field', '?by=district', '?by=ward', '?by=channel'];
  for (const way of ways) await check(`/${way}`);
  for (const dimension of ['field', 'agency', 'ward', 'channel']) {
    const { rows } = await api(`/api/v1/aggregates?metric=open&group_by=${dimension}:1`);
    rows.sort((a, b) => b[1] - a[1]);
    for (const [code] of rows.filter(([code]) => code !== null).slice(0, 1)) {
      const way = { field: ['?by=subfield', '?by=agency'], agency: ['?by=unit', '?by=field'] }[dimension] ?? [''];
      for (const by of way) await check(`/${dimension}/${encodeURIComponent(code)}${by}`);
    }
  }
  holds(seen.size > 100, `${seen.size} pages and numbers were looked at`);
  await context.close();
}

function dayBefore(day, days) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - days);
  return date.toISOString().slice(0, 10);
}

/// A code that neither the catalogue nor any case has is no page.
async function unknownCodes() {
  for (const path of ['/agency/nope', '/field/nope', '/district/nope', '/ward/nope', '/channel/nope', '/nope']) {
    const answer = await fetch(`${base}${path}?lang=vi`, { headers: { accept: 'text/html' } });
    same(answer.status, 404, path);
    holds(/<title>[^<]{3,}<\/title>/.test(await answer.text()), `${path} has no title`);
  }
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

/// The words of the lists and of the numbers of a page.
const told = (tab) => tab.$$eval('main .num .figure, main .late-holder, main h1, main .limit, main .story li', (all) => all.map((one) => one.textContent.trim()));

/// While the network is away, a screen keeps the last numbers, pale, and nothing in their place.
async function outage(browser) {
  const { cases } = await api('/api/v1/cases?timeliness=overdue&limit=1');
  for (const path of ['/wall/city-now', '/', `/case/${cases[0].case}`]) {
    const { context, tab } = await page(browser);
    await tab.goto(base + path);
    await live(tab);
    await tab.waitForTimeout(1000);
    const before = await told(tab);
    holds(before.length > 0, `${path} says something`);
    await context.setOffline(true);
    // A dead socket is given up after ten seconds, and lists are asked for every ten.
    await tab.waitForSelector('.screen.stale', { timeout: 15_000, state: 'attached' });
    await tab.waitForTimeout(22_000);
    same(await told(tab), before, `what ${path} says while it is cut off`);
    same(await tab.locator('.nothing.failed').count(), 0, `pictures of failure on ${path}`);
    holds((await tab.textContent('.link')).length > 10, 'the age of the numbers is written');
    await shot(tab, `outage${path.replaceAll('/', '-')}`);
    await context.setOffline(false);
    await live(tab);
    same(await told(tab), before, `what ${path} says when it is back`);
    await context.close();
  }
}

/// A page that is opened while the network is away fills by itself when it is back.
async function outageAtOpening(browser) {
  for (const [link, pattern, filled] of [
    ['header a[href^="/map"]', /\/map/, '.hexmap-ground[data-state="drawn"] canvas'],
    ['main table.stories tbody th.name a', /\/agency\//, 'main .brief .num .figure'],
  ]) {
    const { context, tab } = await page(browser);
    await tab.goto(base);
    await live(tab);
    await tab.evaluate(() => { window.isTheSamePage = true; });
    await context.setOffline(true);
    await tab.locator(link).first().click();
    await tab.waitForURL(pattern);
    await tab.waitForSelector('.nothing.failed, .hexmap-note[role="alert"]', { timeout: 20_000, state: 'attached' });
    await tab.waitForTimeout(5_000);
    await shot(tab, `opened-in-outage-${link.includes('map') ? 'map' : 'agency'}`);
    await context.setOffline(false);
    await live(tab);
    // How soon is no promise: a busy machine may take its time, a page that stays empty never comes.
    await tab.waitForSelector(filled, { timeout: 60_000 });
    await tab.waitForFunction(() => !document.querySelector('.nothing.failed, .hexmap-note[role="alert"]'), null, { timeout: 60_000 });
    holds(await tab.evaluate(() => window.isTheSamePage), 'the page was not loaded anew');
    await context.close();
  }
}

/// The server comes back with other data: every answer is asked for again.
async function otherData(browser) {
  const { context, tab } = await page(browser);
  await tab.goto(`${base}/cases?lang=vi`);
  await live(tab);
  same(await tab.textContent('main h1'), '1 vụ việc', 'the list before');
  const other = await context.newPage();
  await other.goto(`${base}/receipt?metric=received&from=2026-01-01&lang=vi`);
  await live(other);
  same((await other.textContent('.receipt-value strong')).trim(), '1', 'the receipt before');
  console.log('before');
  await tab.waitForFunction(() => document.querySelector('main h1')?.textContent === '2 vụ việc', null, { timeout: 60_000 });
  await other.waitForFunction(() => document.querySelector('.receipt-value strong')?.textContent.trim() === '2', null, { timeout: 60_000 });
  console.log('after');
  await context.close();
}

/// A row's sign is that of its running text, at every instant that it is looked at.
async function signTurns(browser) {
  const { context, tab } = await page(browser);
  await tab.goto(`${base}/cases?lang=vi`);
  await live(tab);
  console.log('live');
  const seen = async (sign, text) => {
    await tab.waitForFunction(([sign, text]) => {
      const stand = document.querySelector('main .case-stand');
      if (!stand) return false;
      const words = stand.textContent;
      if (words.includes('quá') && !words.includes('■')) throw new Error(`the row says ${words}`);
      return words.includes(sign) && words.includes(text);
    }, [sign, text], { timeout: 60_000, polling: 50 });
    console.log(text);
  };
  // Due soon comes with the list's next answer, within ten seconds; over comes with the clock.
  await seen('', 'còn');
  await seen('■', 'quá');
  await context.close();
}

/// Back closes a receipt and leaves its page; back from a case leads to where one was in the list.
async function history(browser) {
  const { context, tab, complaints } = await page(browser);
  await tab.goto(base);
  await live(tab);
  const panel = tab.locator('[role="dialog"]');
  await tab.locator('main .brief .num').first().click();
  await panel.waitFor({ state: 'visible' });
  await tab.goBack();
  await panel.waitFor({ state: 'hidden' });
  same(new URL(tab.url()).pathname, '/', 'the page under the receipt');
  await tab.goForward();
  await panel.waitFor({ state: 'visible' });
  await panel.locator('a[href^="/case/"]').first().click();
  await tab.waitForURL(/\/case\//);
  await panel.waitFor({ state: 'hidden' });
  await tab.goto(`${base}/cases`);
  await live(tab);
  const row = tab.locator('main a[href^="/case/"]').nth(60);
  await row.scrollIntoViewIfNeeded();
  const before = await tab.evaluate(() => window.scrollY);
  holds(before > 500, `the list is scrolled to ${before}`);
  await row.click();
  await tab.waitForURL(/\/case\//);
  await tab.waitForSelector('main .side');
  await tab.goBack();
  await tab.waitForFunction((before) => Math.abs(window.scrollY - before) < 3, before, { timeout: 8_000 });
  same(serious(complaints), [], 'the history');
  await context.close();
}

/// A number's link names its instant: REST answers the same number for it.
async function links(browser) {
  const { context, tab } = await page(browser);
  for (const path of ['/', '/?by=day']) {
    await tab.goto(base + path);
    await live(tab);
    const links = await tab.$$eval('main a.num', (all) => all.map((link) => [link.getAttribute('href'), link.querySelector('.figure').textContent.trim()]));
    holds(links.length > 10, `${path} has ${links.length} numbers`);
    for (const [href, shown] of links.filter((_, place) => place % 5 === 0).slice(0, 16)) {
      holds(!href.includes('today'), `${href} is another number tomorrow`);
      const { value } = await api(`/api/v1${href}`);
      if (/^[0-9.]+$/.test(shown)) same(Number(shown.replaceAll('.', '')), value, href);
    }
  }
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

/// Every page keeps to the rules for everybody's access, speaks one language and cuts nothing; `cargo xtask pictures`
/// looks at all sizes.
async function wellMade(browser) {
  const amiss = [];
  for (const one of await pages()) {
    for (const [lang, size] of [['vi', one.isWall ? sizes.wall : sizes.phone], ['en', one.isWall ? [1920, 1080] : sizes.tablet]]) {
      const { context, tab } = await page(browser, size, { bypassCSP: true, reducedMotion: 'reduce' });
      // The second look is in the other shade than the room's own.
      const shade = lang === 'vi' ? 'own' : one.isWall ? 'light' : 'dark';
      await tab.goto(`${base}${address(one.path, lang)}&theme=${shade}`);
      await live(tab);
      if (await tab.$('.hexmap-ground')) await drawn(tab);
      await tab.waitForTimeout(300);
      const found = [...(await cutOff(tab)), ...(await untranslated(tab, lang)), ...(await violations(tab)), ...(await moving(tab))];
      if (lang === 'en' && !one.isWall) found.push(...(await unreached(tab)));
      amiss.push(...found.map((line) => `${one.path} in ${lang}, ${size[0]} wide: ${line}`));
      await context.close();
    }
  }
  same(amiss, [], 'what is amiss');
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
  graphicsLost, seams, training,
  noComplaints, receiptsAgree, unknownCodes, servedIsLive, receipt, map, mapRests, rescue, cut, failover, rolling, proxied, time, pictures, wellMade,
  outage, outageAtOpening, otherData, signTurns, history, links, urge, task, follow, past, keptOffline, alarm, shift, paper, lastLook, sorting, comparing, lookUp, lobby,
  drillByClick: (browser) => drill(browser, false),
  drillByTouch: (browser) => drill(browser, true),
});
