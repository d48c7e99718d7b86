// Paper for when the screens are dark: one key, one sheet, at most two pages of A4 with nothing cut.

import { base, holds, live, page, same, serious, shot, sizes } from './browser.mjs';
import { cut } from './checks.mjs';

/// What A4 leaves between its margins of 12 mm, in CSS pixels.
const A4 = [703, 1032];

export async function paper(browser) {
  const { context, tab, complaints } = await page(browser, sizes.tablet, { locale: 'vi-VN' });
  await tab.addInitScript(() => { window.print = () => { window.printed = (window.printed ?? 0) + 1; }; });
  const printed = () => tab.evaluate(() => window.printed ?? 0);
  await tab.goto(`${base}/alarms?lang=vi`);
  await live(tab);
  // In a field the letter is a letter.
  await tab.locator('.search input, input[type="search"]').first().focus();
  await tab.keyboard.press('p');
  same([new URL(tab.url()).pathname, await printed()], ['/alarms', 0], 'a letter in a field prints nothing');
  await tab.evaluate(() => document.activeElement.blur());
  await tab.keyboard.press('p');
  await tab.waitForSelector('.today-numbers');
  await tab.waitForFunction(() => window.printed === 1);
  same(new URL(tab.url()).pathname, '/print/today', 'the key opens the sheet and prints it');
  await shot(tab, 'today');
  const numbers = await tab.locator('.today-number').allTextContents();
  same(numbers.length, 5, 'five numbers');
  holds((await tab.locator('.today-said').allTextContents()).every((said) => said.length > 0), 'each says what is usual');
  const session = await context.newCDPSession(tab);
  for (const theme of ['light', 'dark']) {
    await tab.goto(`${base}/print/today?lang=vi&theme=${theme}`);
    await live(tab);
    await tab.waitForSelector('.today-numbers');
    const { data } = await session.send('Page.printToPDF', { preferCSSPageSize: true, printBackground: false });
    const pdf = Buffer.from(data, 'base64').toString('latin1');
    const pages = (pdf.match(/\/Type\s*\/Page\b/g) ?? []).length;
    holds(pages >= 1 && pages <= 2, `${pages} pages of paper`);
    holds(/\/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12]/.test(pdf), 'A4');
    await tab.emulateMedia({ media: 'print' });
    await tab.setViewportSize({ width: A4[0], height: A4[1] });
    same(await cut(tab), [], `nothing is cut on paper, ${theme}`);
    const said = await tab.evaluate(() => document.querySelector('.today').innerText);
    holds(/sự kiện đến số/i.test(said), 'the sheet says which events are in it');
    const inks = await tab.evaluate(() => [...new Set([...document.querySelectorAll('.today *')]
      .filter((element) => element.getClientRects().length > 0 && element.textContent.trim())
      .map((element) => getComputedStyle(element).color))]);
    const isGrey = (ink) => new Set(ink.match(/[\d.]+/g).slice(0, 3)).size === 1;
    same(inks.filter((ink) => !isGrey(ink)), [], `black and grey alone, ${theme}`);
    await shot(tab, `today-paper-${theme}`);
    await tab.emulateMedia({ media: null });
    await tab.setViewportSize({ width: sizes.tablet[0], height: sizes.tablet[1] });
  }
  // Whoever turns the key off has a letter again.
  await tab.goto(`${base}/alarms?lang=vi`);
  await live(tab);
  await tab.click('.keys-button');
  await tab.uncheck('dialog.keys input');
  await tab.keyboard.press('Escape');
  await tab.keyboard.press('p');
  await tab.waitForTimeout(300);
  same([new URL(tab.url()).pathname, await printed()], ['/alarms', 0], 'a key that is off prints nothing');
  same(serious(complaints), [], 'the pages');
  await context.close();
}
