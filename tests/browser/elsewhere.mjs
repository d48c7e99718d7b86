// Scenarios in which the page's server is lost, is started anew, or stands behind another one.

import { base, drawn, figures, holds, live, page, same, serious, shot, sizes } from './browser.mjs';

/// Its server is killed from outside while this waits: the page goes on with the other one, by itself.
export async function failover(browser) {
  const other = process.env.OTHER;
  const { context, tab, complaints } = await page(browser);
  let loads = 0;
  tab.on('load', () => { loads += 1; });
  await tab.goto(base);
  await live(tab);
  const total = () => tab.evaluate(() => document.querySelector('main .num .figure')?.textContent.trim() ?? '');
  const before = await total();
  console.log('live');
  await tab.waitForSelector('.link:not(.live)', { timeout: 30_000, state: 'attached' });
  holds(await total() === before, 'the numbers stay while nobody answers');
  await tab.waitForSelector('.freshness .elsewhere', { timeout: 30_000, state: 'attached' });
  await live(tab);
  console.log('elsewhere');
  await tab.waitForFunction((before) => {
    const now = document.querySelector('main .num .figure')?.textContent.trim() ?? '';
    return now !== '' && now !== before;
  }, before, { timeout: 30_000 });
  console.log('grown');
  // Pages that the lost server never served: the questions behind them go to the other one.
  await tab.click('header a[href="/cases"]');
  await tab.waitForSelector('main a[href^="/case/"]', { timeout: 30_000 });
  same(await tab.locator('.nothing.failed').count(), 0, 'pictures of failure');
  await tab.click('main a[href^="/case/third"]');
  await tab.waitForSelector('main .story li', { timeout: 30_000 });
  holds((await tab.textContent('main')).includes('third'), 'the case that came after the loss');
  await shot(tab, 'failover');
  same(loads, 1, 'times that the page was loaded');
  // What cannot be reached is complained of, and the other server is another host; nothing else may be.
  const odd = serious(complaints).filter((line) => !line.startsWith(`outside: ${other}`) && !line.includes('ERR_CONNECTION_REFUSED'));
  same(odd, [], 'complaints');
  console.log('went on');
  await context.close();
}

/// Both servers are stopped and started anew from outside, one after the other, until somebody writes to
/// our input: at no moment is a screen without its numbers, or old.
export async function rolling(browser) {
  const screens = [];
  for (const [path, size] of [['/wall/city-now', sizes.wall], ['/', sizes.tablet]]) {
    const { context, tab } = await page(browser, size);
    await tab.goto(base + path);
    await live(tab);
    await tab.evaluate(() => {
      window.seen = { looks: 0, blank: 0, stale: 0, loads: 1, elsewhere: 0 };
      const look = () => {
        window.seen.looks += 1;
        const figures = [...document.querySelectorAll('main .num .figure')];
        if (figures.length === 0 || figures.some((figure) => figure.textContent.trim() === '')) window.seen.blank += 1;
        if (document.querySelector('.screen.stale')) window.seen.stale += 1;
        if (document.querySelector('.elsewhere')) window.seen.elsewhere += 1;
      };
      setInterval(look, 50);
    });
    screens.push({ context, tab, path });
  }
  console.log('live');
  await new Promise((resolve) => { process.stdin.once('data', resolve); });
  for (const { context, tab, path } of screens) {
    await live(tab);
    const seen = await tab.evaluate(() => window.seen);
    // A page that was loaded anew has lost its count.
    holds(seen, `${path} was loaded anew`);
    holds(seen.looks > 100 && seen.elsewhere > 0, `${path}: ${JSON.stringify(seen)}`);
    same([seen.blank, seen.stale], [0, 0], `${path}: looks at a blank and at a stale screen, of ${seen.looks}`);
    await context.close();
  }
  console.log('never blank');
  process.stdin.destroy();
}

/// Under a path of a reverse proxy every page, question, file and link stays under that path.
export async function proxied(browser) {
  const { context, tab, complaints } = await page(browser, sizes.wall);
  const under = new URL(base).pathname;
  const strays = new Set();
  tab.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && !`${url.pathname}/`.startsWith(`${under}/`)) strays.add(url.pathname);
  });
  const at = async (selector, pattern) => {
    await tab.locator(selector).first().click();
    await tab.waitForURL(pattern, { timeout: 15_000 });
    await tab.waitForSelector('main h1');
  };
  await tab.goto(`${base}/`);
  await live(tab);
  holds((await figures(tab)).length > 3, 'the numbers are there');
  await at('main table.stories tbody th.name a', /\/toancanh\/agency\//);
  await at('header a[href$="/cases"]', /\/toancanh\/cases/);
  await at('main a[href*="/case/"]', /\/toancanh\/case\//);
  const story = await tab.textContent('main .story');
  await tab.reload();
  await live(tab);
  same(await tab.textContent('main .story'), story, 'the story after loading its page anew');
  await tab.goBack();
  await tab.waitForURL(/\/toancanh\/cases/);
  await at('header a[lang="en"]', /lang=en/);
  await live(tab);
  same(await tab.getAttribute('html', 'lang'), 'en', 'the language');
  await at('header a.brand', (url) => url.pathname === '/toancanh/');
  await tab.goto(`${base}/map`);
  await live(tab);
  await drawn(tab);
  await tab.goto(`${base}/wall/city-now`);
  await live(tab);
  await drawn(tab);
  await shot(tab, 'proxied');
  const fonts = await tab.evaluate(() => [...document.fonts].filter((font) => font.status === 'error').map((font) => font.family));
  same(fonts, [], 'typefaces that could not be loaded');
  same([...strays], [], 'addresses outside of the path');
  same(serious(complaints), [], 'complaints');
  await context.close();
}
