// The map of a past hour: its numbers are those that REST says for that instant, and it says that it is not now.

import { api, base, drawn, holds, live, page, same, serious, shot } from './browser.mjs';
import { violations } from './checks.mjs';

const counts = (tab) => tab.$$eval('.hexmap-row', (rows) => rows.map((row) => [row.dataset.cell, Number(row.querySelector('.hexmap-count').textContent.replaceAll('.', ''))]));

export async function past(browser) {
  const { context, tab, complaints } = await page(browser, undefined, { locale: 'vi-VN', bypassCSP: true });
  await tab.goto(`${base}/map?lang=vi`);
  await live(tab);
  await drawn(tab);
  same(await tab.locator('.past-is').count(), 0, 'now is not the past');
  const now = await counts(tab);
  await tab.locator('.past-step', { hasText: '−1 ngày' }).click();
  await tab.waitForSelector('.past-is');
  const at = new URL(tab.url()).searchParams.get('at');
  holds(/^\d{4}-\d\d-\d\dT\d\d:00:00[+-]\d\d:00$/.test(at), `a full hour stands in the address: ${at}`);
  const holdsOf = async (at) => {
    const res = await tab.getAttribute('.hexmap-ground', 'data-res');
    const { cells } = await api(`/api/v1/hexagons?metric=open&res=${res}&at=${encodeURIComponent(at)}`);
    return new Map(cells.map((cell) => [cell[0], cell[1]]));
  };
  const want = await holdsOf(at);
  await tab.waitForFunction((was) => [...document.querySelectorAll('.hexmap-row')].map((row) => row.textContent).join() !== was, now.join());
  for (let tries = 0; ; tries += 1) {
    const got = await counts(tab);
    const differ = got.filter(([cell, count]) => want.get(cell) !== count);
    if (got.length > 0 && differ.length === 0) break;
    holds(tries < 50, `the map of ${at} shows ${JSON.stringify(differ)}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  holds(/không phải lúc này/.test(await tab.textContent('.past-said')), 'it says that it is not now');
  holds((await tab.getAttribute('.hexmap-row a', 'href')).startsWith('/receipt?at='), 'a hexagon of the past leads to its receipt');
  same(await violations(tab), [], 'axe on a past map');
  await shot(tab, 'map-past');
  // Sent to somebody, it is the same hour.
  await tab.reload();
  await live(tab);
  same(new URL(tab.url()).searchParams.get('at'), at, 'the address stays');
  await tab.waitForSelector('.past-is');
  // The slider, by keyboard: one hour on.
  await tab.focus('.past-row input');
  await tab.keyboard.press('ArrowRight');
  await tab.waitForFunction((at) => new URL(location.href).searchParams.get('at') !== at, at);
  const next = new URL(tab.url()).searchParams.get('at');
  same(Date.parse(next) - Date.parse(at), 3_600_000, 'one hour on');
  await tab.locator('.past-said a').click();
  await tab.waitForFunction(() => !document.querySelector('.past-is'));
  same(serious(complaints), [], 'a past map');
  await context.close();
}
