// The scene editor: a panel is dragged, moved by keys and sized, a mistake refused, a version saved; a wall that stood
// open all the while shows it by itself; and an older version is taken back.

import { api, base, holds, live, page, run, same, serious, shot, sizes } from './browser.mjs';

const WALL = [1280, 720];

const versionOf = (tab) => tab.getAttribute('.wall .scenes', 'data-version');

/// The place of a panel, from the classes that the grid's style knows.
const placeOf = (tab, panel) => tab.$eval(`.edit-grip[data-panel="${panel}"]`, (grip) =>
  ['x', 'y', 'w', 'h'].map((side) => Number([...grip.parentElement.classList].find((name) => new RegExp(`^${side}\\d+$`).test(name)).slice(1))));

const stands = async (tab, panel, want, what) => {
  await tab.waitForFunction(
    ([panel, want]) => want.every((name) => document.querySelector(`.edit-grip[data-panel="${panel}"]`).parentElement.classList.contains(name)),
    [panel, ['x', 'y', 'w', 'h'].map((side, at) => `${side}${want[at]}`)],
    { timeout: 5_000 },
  ).catch(async () => same(await placeOf(tab, panel), want, what));
};

/// Drags an element by cells of the grid.
async function drag(tab, selector, columns, rows) {
  const grid = await (await tab.$('.edit-grid')).boundingBox();
  const box = await (await tab.$(selector)).boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await tab.mouse.move(x, y);
  await tab.mouse.down();
  await tab.mouse.move(x + (columns * grid.width) / 48, y + (rows * grid.height) / 24);
  await tab.mouse.move(x + (columns * grid.width) / 24, y + (rows * grid.height) / 12);
  await tab.mouse.up();
}

async function editor(browser) {
  // A wall stands open from before the first change, and is never touched.
  const wall = await page(browser, WALL);
  await wall.tab.goto(`${base}/wall?lang=vi`);
  await live(wall.tab);
  same(await versionOf(wall.tab), '0', 'the wall shows the city’s own file');

  // Whoever is not signed in looks, and is told why.
  const desk = await page(browser, sizes.tablet);
  const { tab } = desk;
  await tab.goto(`${base}/scenes?lang=vi`);
  await tab.waitForSelector('.edit-turn');
  holds((await tab.textContent('.edit-rights')).includes('Chỉ xem'), 'a reader is told that he may only look');
  same(await tab.$$('.edit-up'), [], 'and has nothing to change it with');
  await tab.goto(`${base}/fleet?lang=vi`);
  await tab.waitForSelector('input[type="password"]');
  await tab.fill('input[type="password"]', process.env.ADMIN_TOKEN);
  await tab.click('.fleet-form button[type="submit"]');
  await tab.waitForSelector('input[name="code"]');

  await tab.goto(`${base}/scenes/second?lang=vi`);
  await tab.waitForSelector('.edit-grip[data-panel="1"]');
  await tab.waitForSelector('.edit-size');
  same(await placeOf(tab, 1), [13, 1, 12, 12], 'the panel stands as in the file');
  await shot(tab, 'scene-editor');

  // By pointer: the corner sizes, the panel moves, and none is let go on another.
  await drag(tab, '.edit-cell:has(.edit-grip[data-panel="1"]) .edit-size', -4, -6);
  await stands(tab, 1, [13, 1, 8, 6], 'the corner sizes it');
  await drag(tab, '.edit-grip[data-panel="1"]', 3, 5);
  await stands(tab, 1, [16, 6, 8, 6], 'it is dragged');
  await drag(tab, '.edit-grip[data-panel="1"]', -8, 0);
  await stands(tab, 1, [16, 6, 8, 6], 'it is not let go on another');
  holds((await tab.textContent('.edit-said')).includes('chồng lên ô khác'), 'and that is said');

  // By keys alone.
  await tab.focus('.edit-grip[data-panel="1"]');
  await tab.keyboard.press('ArrowLeft');
  await stands(tab, 1, [15, 6, 8, 6], 'an arrow moves it');
  holds((await tab.textContent('.edit-said')).includes('cột 15, hàng 6'), 'where it stands is said');
  await tab.keyboard.press('Shift+ArrowRight');
  await stands(tab, 1, [15, 6, 9, 6], 'with Shift it grows');
  await tab.click('.edit-undo');
  await stands(tab, 1, [15, 6, 8, 6], 'a change is taken back');
  await tab.click('.edit-redo');
  await stands(tab, 1, [15, 6, 9, 6], 'and made again');

  // What cannot be shown is said beside its field at once, and cannot be saved.
  await tab.fill('input[name="scene-seconds"]', '1');
  await tab.keyboard.press('Tab');
  await tab.waitForSelector('.edit-side .edit-wrong');
  holds((await tab.textContent('.edit-side .edit-wrong')).includes('Từ 5 đến 3600 giây'), 'what is wrong');
  holds(await tab.isDisabled('.edit-form button[type="submit"]'), 'a mistake is not saved');
  await tab.click('.edit-undo');
  await tab.waitForSelector('.edit-wrong', { state: 'detached' });

  // A draft outlives its page.
  await tab.reload();
  await tab.waitForSelector('.edit-grip[data-panel="1"]');
  await stands(tab, 1, [15, 6, 9, 6], 'the draft is kept on the device');

  await tab.fill('input[name="by"]', 'Nguyễn An');
  await tab.fill('input[name="why"]', 'Bản đồ nhỏ lại');
  await shot(tab, 'scene-editor-unsaved');
  await tab.click('.edit-form button[type="submit"]');
  await tab.waitForFunction(() => document.querySelector('.edit-said').textContent.includes('Đã lưu thành bản 1'));
  const told = await api('/api/v1/scenes');
  same([told.version, told.by, told.why], [1, null, null], 'who saved it is not told to everybody');
  const authorization = `Bearer ${process.env.ADMIN_TOKEN}`;
  const saved = await (await fetch(`${base}/api/v1/scenes`, { headers: { authorization } })).json();
  same([saved.version, saved.by, saved.why], [1, 'Nguyễn An', 'Bản đồ nhỏ lại'], 'the version');
  same(saved.scenes[1].panels[1].at, { column: 15, row: 6, columns: 9, rows: 6 }, 'as it was drawn');

  // The open wall takes it up at its next turn, by itself.
  await wall.tab.waitForFunction(() => document.querySelector('.wall .scenes').dataset.version === '1', null, { timeout: 20_000 });
  await wall.tab.waitForSelector('.panels[data-panels="second"] .panel-map.x15.y6.w9.h6', { timeout: 20_000, state: 'attached' });

  // Back to the city's own, as a version of its own.
  await tab.goto(`${base}/scenes?lang=vi`);
  await tab.waitForSelector('.edit-versions [data-version="0"] .edit-back');
  await tab.click('.edit-versions [data-version="1"] .edit-look');
  await tab.waitForSelector('.edit-versions [data-version="1"] .edit-changes');
  same(await tab.$$eval('.edit-versions [data-version="1"] .edit-changes li', (all) => all.map((line) => line.textContent)), ['Hai: 1 ô đổi chỗ hoặc cỡ'], 'what it changed, in words');
  await shot(tab, 'scenes');
  await tab.click('.edit-versions [data-version="0"] .edit-back');
  await tab.waitForSelector('.edit-form');
  await tab.fill('input[name="by"]', 'Nguyễn An');
  await tab.click('.edit-form button[type="submit"]');
  await wall.tab.waitForFunction(() => document.querySelector('.wall .scenes').dataset.version === '2', null, { timeout: 20_000 });
  same((await api('/api/v1/scenes')).scenes[1].panels[1].at, { column: 13, row: 1, columns: 12, rows: 12 }, 'as it was');

  for (const { complaints } of [wall, desk]) {
    // Before a browser is signed in it is told so.
    same(serious(complaints).filter((line) => !/\b40[13]\b/.test(line)), [], 'complaints');
  }
}

await run({ editor });
