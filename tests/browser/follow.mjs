// What a reader follows, kept on the device, and the keys, which each reader may switch off.

import { base, holds, live, page, same, serious, shot } from './browser.mjs';
import { violations } from './checks.mjs';

export async function follow(browser) {
  const { context, tab, complaints } = await page(browser, undefined, { locale: 'vi-VN', bypassCSP: true });
  const pressed = () => tab.getAttribute('.follow', 'aria-pressed');
  await tab.goto(`${base}/agency/PWDx?lang=vi&by=ward`);
  await live(tab);
  await tab.waitForSelector('.keys-button');
  same(await pressed(), 'false', 'nothing is followed at first');
  await tab.keyboard.press('f');
  same(await pressed(), 'true', 'the key follows');
  await tab.goto(`${base}/cases?timeliness=overdue&lang=vi`);
  await live(tab);
  await tab.click('.follow');
  // The city's own page has no switch and all that is followed.
  await tab.keyboard.press('h');
  await tab.waitForSelector('.followed li:nth-child(2)');
  same(await tab.locator('.follow').count(), 0, 'the first page has no switch');
  const [agency, list] = await tab.$$eval('.followed li > a', (all) => all.map((link) => [link.textContent, link.getAttribute('href')]));
  same([agency[1], list[1]], ['/agency/PWDx?by=ward', '/cases?timeliness=overdue'], 'where they lead');
  holds(list[0].includes('·') && !list[0].includes('timeliness'), `a list is named by its conditions: ${list[0]}`);
  const number = tab.locator('.followed .num').first();
  const shown = (await number.locator('.figure').textContent()).trim();
  holds(/^[\d.]+$/.test(shown), `a number: ${shown}`);
  same(await violations(tab), [], 'axe on what is followed');
  await shot(tab, 'followed');
  await number.click();
  await tab.waitForSelector('[role="dialog"] .codes, [role="dialog"] .receipt');
  await tab.keyboard.press('Escape');
  // Another visit on the same device.
  await tab.reload();
  await live(tab);
  await tab.waitForSelector('.followed li:nth-child(2)');
  await tab.locator('.followed .let-go').first().click();
  await tab.waitForFunction(() => document.querySelectorAll('.followed li').length === 1);
  // The sheet; letters in a box are letters.
  await tab.keyboard.press('/');
  await tab.keyboard.type('?am');
  same(await tab.inputValue('.search input'), '?am', 'letters in the box');
  same(await tab.evaluate(() => document.querySelector('dialog.keys').open), false, 'no sheet over the box');
  await tab.click('.keys-button');
  await tab.waitForSelector('dialog.keys[open]');
  same(await violations(tab), [], 'axe on the sheet');
  await shot(tab, 'keys');
  await tab.uncheck('dialog.keys input');
  await tab.keyboard.press('Escape');
  await tab.keyboard.press('m');
  same(new URL(tab.url()).pathname, '/', 'keys that are off do nothing');
  await tab.reload();
  await live(tab);
  await tab.waitForSelector('.followed');
  await tab.keyboard.press('m');
  same(new URL(tab.url()).pathname, '/', 'and stay off');
  await tab.click('.keys-button');
  await tab.check('dialog.keys input');
  await tab.keyboard.press('Escape');
  await tab.keyboard.press('m');
  await tab.waitForURL(/\/map/);
  same(serious(complaints), [], 'follow and keys');
  await context.close();
}
