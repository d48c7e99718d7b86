// A wall of many displays: no word and no number stands across a seam, in any scene, however the displays stand, and what
// comes later keeps off them too.

import { base, holds, live, page, same, serious, shot } from './browser.mjs';
import { cut } from './checks.mjs';
import { address, scenes } from './pages.mjs';

/// Displays across and down, and the size of the whole.
const WALLS = [[2, 2, 1920, 1080], [4, 2, 3840, 1080], [3, 3, 1920, 1080]];
/// And of the scenes with the most words.
const MORE = { 'city-now': [[4, 4, 3840, 2160]], overdue: [[3, 1, 3840, 1080]] };

/// The words that a seam cuts through, by their glyphs' own boxes. Maps and charts go across.
const across = (tab, wall) => tab.evaluate(([columns, rows]) => {
  const seams = (length, many) => Array.from({ length: many - 1 }, (_, nth) => ((nth + 1) * length) / many);
  const [upright, level] = [seams(innerWidth, columns), seams(innerHeight, rows)];
  // What of a box is seen: a full list and a long name end where their room does.
  const shown = (box, element) => {
    let { left, top, right, bottom } = box;
    for (let above = element; above; above = above.parentElement) {
      if (getComputedStyle(above).overflow === 'visible') continue;
      const clip = above.getBoundingClientRect();
      [left, top, right, bottom] = [Math.max(left, clip.left), Math.max(top, clip.top), Math.min(right, clip.right), Math.min(bottom, clip.bottom)];
    }
    return { left, top, right, bottom, width: right - left, height: bottom - top };
  };
  const found = [];
  const walker = document.createTreeWalker(document.querySelector('.screen'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest('.wall-map, svg, script, style, .skip, .away, .unseen')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const over = [...range.getClientRects()].map((box) => shown(box, element)).some((box) => box.width > 2 && box.height > 2
      && (upright.some((x) => box.left < x - 0.5 && box.right > x + 0.5) || level.some((y) => box.top + box.height * 0.2 < y && box.bottom - box.height * 0.2 > y)));
    if (over && element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) found.push(`${node.data.trim().slice(0, 40)} (${element.className || element.tagName})`);
  }
  return found;
}, wall);

const words = (tab) => tab.$$eval('.panels:not(.away) .panel .figure', (all) => all.filter((one) => one.checkVisibility()).length);

export async function seams(browser) {
  const amiss = [];
  let moved = 0;
  for (const scene of await scenes()) {
    for (const [columns, rows, width, height] of [...WALLS, ...(MORE[scene] ?? [])]) {
      const { context, tab, complaints } = await page(browser, [width, height], { reducedMotion: 'reduce' });
      const at = `${scene} on ${columns} × ${rows} displays`;
      await tab.goto(`${base}${address(`/wall/${scene}`, 'vi')}&displays=${columns}x${rows}&seam_mm=8&height_m=2`);
      await live(tab);
      await tab.waitForTimeout(900);
      amiss.push(...(await across(tab, [columns, rows])).map((word) => `${at}: ${word}`));
      amiss.push(...(await cut(tab)).map((line) => `${at}: ${line}`));
      moved += await tab.locator('[data-seam]').count();
      if (scene === 'city-now') holds((await words(tab)) >= 5, `${at}: the five numbers are left`);
      same(serious(complaints), [], at);
      if (columns === 2 || (columns === 4 && rows === 2)) await shot(tab, `seams-${scene}-${columns}x${rows}`);
      await context.close();
    }
  }
  same(amiss, [], 'what stands across a seam');
  holds(moved > 20, `${moved} things were moved: the check is of something`);

  // What comes later, and a wall of another size, keep off too; without seams all stands as ever.
  const { context, tab } = await page(browser, [1920, 1080]);
  await tab.goto(`${base}${address('/wall/city-now', 'vi')}&displays=3x3&seam_mm=8&height_m=2`);
  await live(tab);
  await tab.setViewportSize({ width: 1600, height: 1200 });
  await tab.evaluate(() => {
    for (const line of document.querySelectorAll('.panels:not(.away) .wall-number > p')) line.textContent = 'một câu dài hơn hẳn câu trước, để mọi số phải nhường chỗ và xuống dòng thêm một lần nữa';
  });
  await tab.waitForTimeout(900);
  same(await across(tab, [3, 3]), [], 'what came later');
  await tab.goto(`${base}${address('/wall/city-now', 'vi')}`);
  await live(tab);
  same(await tab.locator('[data-seam]').count(), 0, 'one display has no seams');
  const loaded = await tab.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('wall-seams')).length);
  same(loaded, 0, 'and loads nothing for them');
  await context.close();
}
