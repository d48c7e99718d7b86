// Two walls and a tablet, enrolled and directed as people do it: by their pages.

import { api, base, drawn, holds, live, page, run, same, serious, shot, sizes } from './browser.mjs';

const WALL = [1280, 720];
/// How far apart two walls may change.
const APART_MS = 250;

/// A device at /enrol, and the code that it shows.
async function waiting(browser, size) {
  const device = await page(browser, size);
  await device.tab.goto(`${base}/enrol?lang=vi`);
  await device.tab.waitForSelector('.enrol-code', { timeout: 60_000 });
  return { ...device, code: (await device.tab.textContent('.enrol-code')).trim() };
}

/// Approves a code on the fleet page.
async function approve(fleet, code, name, role) {
  await fleet.fill('input[name="code"]', code.toLowerCase());
  await fleet.fill('input[name="name"]', name);
  await fleet.selectOption('select[name="role"]', role);
  await fleet.click('.fleet-form button[type="submit"]');
  await fleet.waitForFunction((name) => [...document.querySelectorAll('.fleet-line h3')].some((line) => line.textContent === name), name);
}

/// Notes on a wall when each attribute of its control changed, by the one clock of this machine.
const note = (tab) => tab.evaluate(() => {
  const control = document.querySelector('.wall-control');
  window.changes = {};
  new MutationObserver((records) => {
    for (const { attributeName } of records) window.changes[`${attributeName}=${control.getAttribute(attributeName)}`] ??= Date.now();
  }).observe(control, { attributes: true });
});

const attribute = (tab, name) => tab.getAttribute('.wall-control', name);

/// The scenes that can be seen on a wall: one.
const seenScenes = (tab) => tab.$$eval('.panels:not(.away)', (all) => all.map((panels) => panels.dataset.panels));

/// Waits until both walls have changed so, and holds the two instants against each other.
async function together(walls, change, what) {
  const instants = [];
  for (const { tab } of walls) {
    await tab.waitForFunction((change) => window.changes[change], change, { timeout: 20_000 });
    instants.push(await tab.evaluate((change) => window.changes[change], change));
  }
  const apart = Math.abs(instants[0] - instants[1]);
  console.log(`${what}: ${apart} ms apart`);
  holds(apart <= APART_MS, `${what}: ${apart} ms apart`);
}

/// The revision that both walls come to after an order.
async function order(walls, tablet, act) {
  const before = Number(await attribute(walls[0].tab, 'data-revision'));
  await act();
  return `data-revision=${before + 1}`;
}

/// Both walls are said to stand in one room: their type follows the distance, and the tablet takes the group up whole.
async function setRoom(fleet, walls, tablet) {
  const size = ({ tab }) => tab.evaluate(() => Number.parseFloat(getComputedStyle(document.querySelector('main')).fontSize));
  const own = await size(walls[0]);
  for (const name of ['Tường 1', 'Tường 2']) {
    const line = fleet.locator('.fleet-line', { has: fleet.locator('h3', { hasText: name }) });
    await line.getByRole('button', { name: 'Cài đặt' }).click();
    await line.locator('input[name="distance"]').fill('0,1');
    await line.locator('.fleet-setting button[type="submit"]').click();
    await line.getByText('Chưa lưu').waitFor();
    await line.locator('input[name="group"]').fill('Phòng điều hành');
    await line.locator('input[name="distance"]').fill('9');
    await line.locator('input[name="height"]').fill('2,8');
    if (name === 'Tường 2') {
      await line.locator('input[name="across"]').fill('17');
      await line.locator('.fleet-setting button[type="submit"]').click();
      await line.getByText('1 đến 16 màn hình').waitFor();
      await line.locator('input[name="across"]').fill('2');
      await line.locator('input[name="down"]').fill('2');
      await line.locator('input[name="seam"]').fill('6');
    }
    if (name === 'Tường 1') await shot(fleet, 'fleet-setting');
    await line.locator('.fleet-setting button[type="submit"]').click();
    await line.getByText('Phòng điều hành · Xem từ 9,0 m · cao 2,8 m').waitFor();
  }
  await walls[1].tab.waitForSelector('main [data-seam]', { state: 'attached' });
  same(await walls[0].tab.locator('main [data-seam]').count(), 0, 'a wall of one display has no seams');
  for (const { tab } of walls) {
    await tab.waitForFunction((own) => Number.parseFloat(getComputedStyle(document.querySelector('main')).fontSize) > own * 1.4, own);
  }
  const group = tablet.tab.locator('[data-group="Phòng điều hành"]');
  await group.click();
  same(await tablet.tab.locator('.director-wall[aria-pressed="true"]').count(), 2, 'the group is taken up whole');
  await group.click();
  same(await tablet.tab.locator('.director-wall[aria-pressed="true"]').count(), 0, 'and let go');
  await group.click();
}

/// A past hour is shown step by step, on both walls at the same time, with the numbers that the city had then, and cannot
/// be taken for now.
async function replay(walls, tablet, press) {
  const hour = (minute) => `2015-10-05T09:${minute}:00-04:00`;
  await tablet.tab.selectOption('[data-order="replay-hour"]', '9');
  await press('replay');
  await together(walls, `data-replay=${hour('00')}`, 'the hour begins');
  await shot(tablet.tab, 'director-replay');
  for (const { tab } of walls) {
    await tab.waitForSelector('.is-replayed .wall-number .figure');
    holds(/XEM LẠI .*09:0.*không phải lúc này/s.test(await tab.textContent('.wall-control')), 'the wall says that it is not now');
    holds(!(await tab.isVisible('.scenes:not(.is-replayed) .wall-number')), 'what is of now is not seen beside it');
    holds(!(await tab.isVisible('.wall-foot .freshness')), 'nothing says that it is fresh');
    await tab.waitForSelector('.is-replayed .panel-of-now');
  }
  await together(walls, `data-replay=${hour('05')}`, 'the next step');
  const [{ tab }] = walls;
  const shown = async () => Number((await tab.textContent('.is-replayed .wall-number:nth-of-type(2) .num .figure')).replaceAll('.', ''));
  let held;
  for (let tries = 0; tries < 40 && !held; tries += 1) {
    const at = await attribute(tab, 'data-replay');
    const [[then], [now]] = await Promise.all([`&at=${encodeURIComponent(at)}`, ''].map(async (at) => (await api(`/api/v1/aggregates?metric=open${at}`)).rows[0]));
    held = (await shown()) === then && { at, then, now };
    if (!held) await tab.waitForTimeout(250);
  }
  holds(held, 'the number is that of the instant');
  holds(held.then !== held.now, `${held.then} at ${held.at} is not the number of now`);
  await shot(tab, 'wall-replay');
  await press('replay-end');
  await together(walls, 'data-replay=', 'back to now');
  for (const { tab } of walls) {
    await tab.waitForSelector('.is-replayed', { state: 'detached' });
    holds(await tab.isVisible('.scenes .wall-number'), 'now is seen again');
  }
}

async function director(browser) {
  const fleet = await page(browser, sizes.tablet);
  await fleet.tab.goto(`${base}/fleet?lang=vi`);
  await fleet.tab.waitForSelector('input[type="password"]', { timeout: 60_000 });
  await shot(fleet.tab, 'fleet-signed-out');
  await fleet.tab.fill('input[type="password"]', process.env.ADMIN_TOKEN);
  await fleet.tab.click('.fleet-form button[type="submit"]');
  await fleet.tab.waitForSelector('input[name="code"]');

  const walls = [await waiting(browser, WALL), await waiting(browser, WALL)];
  await shot(walls[0].tab, 'enrol');
  const tablet = await waiting(browser, sizes.tablet);
  await approve(fleet.tab, walls[0].code, 'Tường 1', 'wall');
  await approve(fleet.tab, walls[1].code, 'Tường 2', 'wall');
  await approve(fleet.tab, tablet.code, 'Bảng A', 'director');
  for (const { tab } of walls) {
    await tab.waitForURL(/\/wall\//, { timeout: 30_000 });
    await live(tab);
    await tab.waitForSelector('.wall-control[data-name^="Tường"]', { timeout: 30_000, state: 'attached' });
    await note(tab);
  }
  await tablet.tab.waitForURL(/\/director/, { timeout: 30_000 });
  await tablet.tab.waitForSelector('.director-wall');
  await setRoom(fleet.tab, walls, tablet);
  const press = (name) => tablet.tab.click(`[data-order="${name}"]`);

  await press('take');
  await together(walls, 'data-holder=Bảng A', 'taking hold');
  holds((await walls[0].tab.textContent('.wall-control')).includes('Bảng A đang điều khiển'), 'the wall says who directs it');
  await tablet.tab.waitForSelector('[data-order="release"]');
  await shot(tablet.tab, 'director');

  await together(walls, await order(walls, tablet, () => press('overdue')), 'scene');
  for (const { tab } of walls) {
    same(await attribute(tab, 'data-scene'), 'overdue', 'the wall shows the scene that the tablet chose');
    same(await seenScenes(tab), ['overdue'], 'and no other');
  }
  await shot(walls[0].tab, 'wall-told');
  await together(walls, await order(walls, tablet, () => press('city-now')), 'scene back');
  await tablet.tab.selectOption('[data-order="district"]', { index: 1 });
  const district = await tablet.tab.inputValue('[data-order="district"]');
  await together(walls, `data-spotlight=district:${district}`, 'spotlight');
  for (const { tab } of walls) await tab.waitForSelector('.spotlight .number');
  await shot(walls[0].tab, 'wall-spotlight');

  await press('freeze');
  await together(walls, 'data-frozen=true', 'freeze');
  const stand = async () => Promise.all(walls.map(async ({ tab }) => [await attribute(tab, 'data-seq'), await attribute(tab, 'data-at')]));
  await walls[0].tab.waitForTimeout(1_500);
  const [first, second] = await stand();
  same(first, second, 'the walls stand still at the same seq and at');
  await walls[0].tab.waitForTimeout(1_500);
  same(await stand(), [first, second], 'and stay there');
  await shot(walls[1].tab, 'wall-frozen');
  await press('freeze');
  await together(walls, 'data-frozen=false', 'going on');
  await walls[0].tab.waitForTimeout(1_500);
  holds((await stand())[0][1] > first[1], 'the numbers go on');

  await replay(walls, tablet, press);

  await press('release');
  await together(walls, 'data-holder=', 'release');
  same(await attribute(walls[0].tab, 'data-spotlight'), '', 'a released wall shows its own');

  await press('take');
  await walls[0].tab.waitForSelector('.wall-control[data-holder="Bảng A"]', { state: 'attached' });
  await shot(fleet.tab, 'fleet');
  await tablet.context.close();
  for (const { tab } of walls) await tab.waitForSelector('.wall-control[data-lost="Bảng A"][data-holder=""]', { timeout: 25_000, state: 'attached' });
  holds((await walls[0].tab.textContent('.wall-control')).includes('Mất liên lạc với Bảng A'), 'the wall says who was lost');
  await shot(walls[0].tab, 'wall-lost');

  // A reload, as by a power cut, brings the same wall back.
  await walls[1].tab.reload();
  await walls[1].tab.waitForSelector('.wall-control[data-name="Tường 2"]', { timeout: 30_000, state: 'attached' });
  await fleet.tab.click('.fleet-line:has(h3:text-is("Tường 2")) .fleet-out');
  await fleet.tab.click('.fleet-line:has(h3:text-is("Tường 2")) .fleet-yes');
  await walls[1].tab.waitForURL(/\/enrol/, { timeout: 5_000 });
  for (const { complaints } of [fleet, ...walls]) {
    // Before a browser is signed in it is told so, and who was put out too.
    same(serious(complaints).filter((line) => !/\b40[13]\b/.test(line)), [], 'complaints');
  }
}

/// The longest that a wall's page stood still in one piece while it took a picture of itself, and how large that was.
const takenBy = (tab) => tab.evaluate(async () => {
  const { take } = await import('/wall-picture.mjs');
  const main = document.querySelector('main.wall');
  await take(main, 640, 60_000);
  const still = [];
  const watch = new PerformanceObserver((list) => still.push(...list.getEntries().map((entry) => Math.round(entry.duration))));
  watch.observe({ type: 'longtask' });
  const began = performance.now();
  const picture = await take(main, 640, 60_000);
  const took = Math.round(performance.now() - began);
  await new Promise((resolve) => setTimeout(resolve, 300));
  watch.disconnect();
  return { took, still, size: picture.size, type: picture.type };
});

/// What is in a picture on the page: its size, how many colours, and how many in its middle, where the map is.
const looked = (tab, selector) => tab.evaluate(async (selector) => {
  const image = document.querySelector(selector);
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const colours = (x, y, width, height) => {
    const { data } = context.getImageData(x, y, width, height);
    const found = new Set();
    for (let place = 0; place < data.length; place += 4) found.add((data[place] >> 4 << 8) | (data[place + 1] >> 4 << 4) | (data[place + 2] >> 4));
    return found.size;
  };
  const [width, height] = [canvas.width, canvas.height];
  return { width, height, all: colours(0, 0, width, height), map: colours(Math.round(width * 0.4), Math.round(height * 0.35), 100, 100) };
}, selector);

/// The page of all screens shows what each really shows.
async function pictures(browser) {
  const fleet = await page(browser, sizes.tablet);
  await fleet.tab.goto(`${base}/fleet?lang=vi`);
  await fleet.tab.waitForSelector('input[type="password"]', { timeout: 60_000 });
  await fleet.tab.fill('input[type="password"]', process.env.ADMIN_TOKEN);
  await fleet.tab.click('.fleet-form button[type="submit"]');
  await fleet.tab.waitForSelector('input[name="code"]');
  const wall = await waiting(browser, WALL);
  await approve(fleet.tab, wall.code, 'Tường 1', 'wall');
  const line = '.fleet-line:has(h3:text-is("Tường 1"))';
  await fleet.tab.waitForSelector(`${line} .fleet-picture[data-picture="none"]`);
  await shot(fleet.tab, 'fleet-no-picture');
  await wall.tab.waitForURL(/\/wall\//, { timeout: 30_000 });
  await live(wall.tab);
  await drawn(wall.tab);
  await fleet.tab.waitForSelector(`${line} .fleet-picture[data-picture="now"] img`, { timeout: 90_000 });
  // The first may be of a map that was still coming; the next comes with a change.
  const scripts = await wall.tab.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('wall-picture')).length);
  same(scripts, 1, 'the wall loads the script');
  same(await fleet.tab.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('wall-picture.mjs')).length), 0, 'no other page does');
  const figures = await takenBy(wall.tab);
  console.log(`a picture: ${figures.size} bytes of ${figures.type} in ${figures.took} ms; the page stood still for ${figures.still.join(', ') || 'less than 50'} ms`);
  holds(figures.size <= 60_000, 'it is small');
  await fleet.tab.waitForTimeout(500);
  const seen = await looked(fleet.tab, '.fleet-picture img');
  console.log(`seen: ${JSON.stringify(seen)}`);
  same([seen.width, seen.height], [640, 360], 'the size of the picture');
  holds(seen.all > 40, 'there is something in it');
  holds(seen.map > 12, 'the map too');
  holds((await fleet.tab.textContent(`${line} figcaption`)).includes('Hình ·'), 'it says how old it is');
  await shot(fleet.tab, 'fleet-picture');
  // A display that is locked, as the browser says it.
  const dark = (is) => wall.tab.evaluate((is) => Object.defineProperty(document, 'hidden', { configurable: true, get: () => is }), is);
  await dark(true);
  await fleet.tab.waitForSelector(`${line} .fleet-picture[data-picture="hidden"]`, { timeout: 15_000 });
  await shot(fleet.tab, 'fleet-dark-screen');
  await dark(false);
  await fleet.tab.waitForSelector(`${line} .fleet-picture[data-picture="now"]`, { timeout: 15_000 });
  await wall.context.close();
  await fleet.tab.waitForSelector(`${line} .fleet-picture[data-picture="old"]`, { timeout: 30_000 });
  await shot(fleet.tab, 'fleet-old-picture');
  for (const { complaints } of [fleet, wall]) {
    same(serious(complaints).filter((line) => !/\b40[13]\b/.test(line)), [], 'complaints');
  }
}

/// A wall nobody directs shows its scenes in turn, each for its own seconds, for ever with the same elements.
async function playlist(browser) {
  const { context, tab, complaints } = await page(browser, WALL);
  await tab.goto(`${base}/wall?lang=vi`);
  await live(tab);
  const turned = (name) => tab.waitForFunction(
    (name) => [...document.querySelectorAll('.panels:not(.away)')].map((panels) => panels.dataset.panels).join() === name,
    name,
    { timeout: 20_000 },
  );
  const says = async (words) => holds((await tab.textContent('.scene-name')).includes(words), `the footer says ${words}`);
  await turned('first');
  await says('Cảnh 1/2: Một');
  await turned('second');
  await says('Cảnh 2/2: Hai');
  holds(!(await tab.isVisible('.panels[data-panels="first"]')), 'the other scene is not seen');
  await turned('first');
  const elements = () => tab.evaluate(() => document.querySelectorAll('.panels').length);
  same(await elements(), 2, 'each scene stands once');
  await turned('second');
  await turned('first');
  same(await elements(), 2, 'and is never made again');
  const missing = await fetch(`${base}/wall/third`);
  same(missing.status, 404, 'a scene that the city has not');
  same(serious(complaints), [], 'complaints');
  await context.close();
}

/// Type grows with the distance that it is read from.
async function sight(browser) {
  const { context, tab } = await page(browser, WALL);
  const size = async (search) => {
    await tab.goto(`${base}/wall/first${search}`);
    return tab.evaluate(() => Number.parseFloat(getComputedStyle(document.querySelector('main')).fontSize));
  };
  const own = await size('');
  same(Math.round((await size('?distance_m=9&height_m=2.8')) / own * 100), 150, 'half as large again from nine metres');
  same(await size('?distance_m=soon&height_m=2.8'), own, 'what cannot be read changes nothing');
  await context.close();
}

/// A version that is saved while a wall stands open is shown by it at its next turn, by itself; one whose scene is gone
/// again shows what there is.
async function takenUp(browser) {
  const { context, tab, complaints } = await page(browser, WALL);
  await tab.goto(`${base}/wall?lang=vi`);
  await live(tab);
  const version = (number) => tab.waitForFunction(
    (number) => document.querySelector('.scenes').dataset.version === number,
    `${number}`,
    { timeout: 30_000 },
  );
  await version(0);
  const save = async (change) => {
    const held = await (await fetch(`${base}/api/v1/scenes`)).json();
    const body = JSON.stringify({ made_from: held.version, by: 'Nguyễn An', why: 'Thử', scenes: change(held.scenes) });
    const headers = { authorization: `Bearer ${process.env.ADMIN_TOKEN}`, 'content-type': 'application/json' };
    const answer = await fetch(`${base}/api/v1/scenes`, { method: 'PUT', headers, body });
    same(answer.status, 200, await answer.text());
  };
  // The page is never loaded again.
  await tab.evaluate(() => { window.stayed = true; });
  await save(([first, second]) => [{ ...first, name: 'third', title: { vi: 'Ba', en: 'Three' } }, second]);
  await version(1);
  await tab.waitForFunction(() => document.querySelector('.panels:not(.away)').dataset.panels === 'third', null, { timeout: 20_000 });
  holds((await tab.textContent('.scene-name')).includes('Ba'), 'the footer says the new title');
  await save(([, second]) => [second]);
  await version(2);
  await tab.waitForFunction(() => document.querySelector('.panels:not(.away)').dataset.panels === 'second', null, { timeout: 20_000 });
  same(await seenScenes(tab), ['second'], 'the scene that is left');
  holds(await tab.evaluate(() => window.stayed), 'nothing was loaded anew');
  same(serious(complaints), [], 'complaints');
  await context.close();
}

await run({ director, pictures, playlist, sight, takenUp });
