// What a leader does with the drill-down: reads what changed since the last look, puts a table in another
// order, and sets a period beside the one before.

import { api, base, holds, live, page, same, serious, shot, sizes } from './browser.mjs';

const plain = (text) => Number(text.replaceAll(/[.,]/g, ''));

/// The first number of the part is that of its own receipt.
async function agrees(number) {
  const [shown, href] = [await number.locator('.figure').textContent(), await number.getAttribute('href')];
  const { value } = await api(`/api/v1/receipt?${href.split('?')[1]}`);
  same(plain(shown.trim()), value, href);
}

export async function lastLook(browser) {
  const { context, tab, complaints } = await page(browser, sizes.tablet, { locale: 'vi-VN' });
  await tab.goto(`${base}/?lang=vi`);
  await live(tab);
  const part = tab.locator('main .since');
  holds((await part.textContent()).includes('Lần xem đầu trên máy này'), 'a first visit says that it is one');
  // The look is noted, and is nothing but instants.
  await tab.waitForFunction(() => localStorage.length > 0);
  const [[name, kept]] = await tab.evaluate(() => Object.entries(localStorage));
  same(Object.keys(JSON.parse(kept)).sort(), ['as_of', 'seen_ms', 'since'], 'what is kept');
  // An hour later, by the device's clock: what changed since the numbers of then.
  const { at } = await api('/api/v1/aggregates?metric=open');
  const then = new Date(Date.parse(at) - 26 * 3_600_000).toISOString();
  const look = async (seen_ms) => {
    // Before the page begins to note its own look, and once: a page loaded anew goes on with its own.
    await tab.addInitScript(([name, look]) => {
      if (!sessionStorage.getItem(`put-${look}`)) {
        localStorage.setItem(name, look);
        sessionStorage.setItem(`put-${look}`, 'yes');
      }
    }, [name, JSON.stringify({ seen_ms, as_of: then, since: '' })]);
    await tab.goto(`${base}/?lang=vi`);
    await live(tab);
  };
  await look(Date.now() - 3_600_000);
  await tab.waitForFunction(() => document.querySelector('main .since')?.textContent.includes('Từ lần xem trước'));
  const numbers = await part.locator('.num').all();
  holds(numbers.length >= 4, `${numbers.length} numbers since the last look`);
  for (const number of numbers) await agrees(number);
  const href = await numbers[0].getAttribute('href');
  same(Date.parse(new URLSearchParams(href.split('?')[1]).get('from')), Date.parse(then), 'from when the number counts');
  await shot(tab, 'since-last-look');
  // A page loaded anew is the same visit.
  await tab.reload();
  await live(tab);
  await tab.waitForFunction(() => document.querySelector('main .since')?.textContent.includes('Từ lần xem trước'));
  same(serious(complaints), [], 'the pages');
  await context.close();
}

export async function sorting(browser) {
  const { context, tab, complaints } = await page(browser);
  for (const [path, column, place] of [['/?by=field', 'open', 3], ['/?by=day', 'received', 2], ['/?by=field&compare=30d', 'resolved', 3]]) {
    await tab.goto(`${base}${path}`);
    await live(tab);
    const heading = tab.locator(`main .stories thead th:nth-child(${place})`);
    const values = () => tab.$$eval(`main .stories tbody tr td:nth-child(${place})`, (all) => all.map((cell) => cell.querySelector('.figure').textContent.trim()));
    for (const [said, sign] of [['descending', -1], ['ascending', 1]]) {
      // By keyboard alone.
      await heading.locator('a').focus();
      await tab.keyboard.press('Enter');
      await tab.waitForSelector(`main .stories thead th[aria-sort="${said}"]`);
      same(new URL(tab.url()).searchParams.get('sort'), sign < 0 ? `-${column}` : column, 'the address');
      const shown = (await values()).map(plain);
      const rows = await tab.$$eval('main .stories tbody tr th', (all) => all.map((cell) => cell.textContent));
      holds(shown.length > 3, `${path} has ${shown.length} rows`);
      // What has no code stands last in every order.
      const ordered = shown.filter((_, row) => !['Không ghi', 'Not given'].includes(rows[row]));
      same(ordered, [...ordered].sort((a, b) => sign * (a - b)), `${path} ${said}`);
    }
    // The address alone makes the same table.
    const before = await values();
    await tab.reload();
    await live(tab);
    same(await values(), before, `${path} loaded anew`);
  }
  same(serious(complaints), [], 'the tables');
  await context.close();
}

export async function comparing(browser) {
  const { context, tab, complaints } = await page(browser);
  await tab.goto(`${base}/?by=field`);
  await live(tab);
  await tab.locator('main .periods a').nth(3).click();
  await tab.waitForURL(/compare=30d/);
  await tab.waitForSelector('main table.compared tbody tr');
  const numbers = await tab.locator('main table.compared td:not(:nth-child(4)) .num').all();
  holds(numbers.length >= 12, `${numbers.length} numbers of two periods`);
  for (const number of numbers.slice(0, 18)) await agrees(number);
  const words = await tab.$$eval('main table.compared .beside', (all) => all.map((cell) => cell.textContent));
  holds(words.every((text) => /^(↑|↓|=|không so được|not comparable)/.test(text.trim())), `each change has its sign and word: ${words.slice(0, 3)}`);
  // The ways to split keep the period.
  await tab.locator('main .tabs a').first().click();
  await tab.waitForURL(/by=agency&compare=30d/);
  same(serious(complaints), [], 'the comparison');
  await context.close();
}
