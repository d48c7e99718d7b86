// The last known picture without a connection: marked as old from its first moment, and live again by itself.

import { base, figures, holds, live, page, same, shot, sizes } from './browser.mjs';

const until = async (what, holdsNow) => {
  for (let until = Date.now() + 30_000; !(await holdsNow()); await new Promise((resolve) => { setTimeout(resolve, 100); })) {
    holds(Date.now() < until, what);
  }
};

export async function keptOffline(browser) {
  const { context, tab, complaints } = await page(browser, sizes.tablet, { locale: 'vi-VN', serviceWorkers: 'allow' });
  await tab.goto(`${base}/?lang=vi`);
  await live(tab);
  const kept = () => tab.evaluate(async () => {
    const keys = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)));
    return keys.flat();
  });
  await until('the page and its program are kept', async () => {
    const names = await kept();
    return ['/', '/style.css', '/pkg/toan_canh.js', '/pkg/toan_canh_bg.wasm'].every((name) => names.includes(name));
  });
  // Pages with persons in them are not.
  const code = await tab.evaluate(async () => (await (await fetch('/api/v1/cases?limit=1')).json()).cases[0].case);
  for (const path of [`/case/${code}`, '/cases', '/directives', '/wall', '/public']) await tab.goto(`${base}${path}`);
  await tab.goto(`${base}/?lang=vi`);
  await live(tab);
  const names = await kept();
  holds(names.every((name) => name === '/' || /^\/(pkg|vendor|fonts)\/|^\/(style\.css|favicon\.svg|manifest\.webmanifest|icon-\d+\.png|version)$/.test(name)), `kept: ${names}`);
  const before = await figures(tab);
  const served = await (await fetch(`${base}/manifest.webmanifest`)).json();
  same([served.display, served.start_url], ['standalone', './'], 'the manifest');
  same(complaints, [], 'with a connection');
  console.log('before');
  await until('the server is gone', async () => !(await fetch(base).then(() => true, () => false)));
  await tab.waitForSelector('.link.stale', { timeout: 30_000 });
  await tab.reload();
  holds(Number(await tab.getAttribute('html', 'data-kept-ms')) > 0, 'the page says since when it is kept');
  await tab.waitForSelector('.screen.stale .link.stale', { timeout: 30_000 });
  const said = await tab.textContent('.link.stale');
  holds(/Mất kết nối · số liệu của .+ trước/.test(said), `the page says how old it is: ${said}`);
  same(await figures(tab), before, 'the last known numbers');
  await shot(tab, 'kept-offline');
  const other = await context.newPage();
  holds(await other.goto(`${base}/case/${code}`).then(() => false, () => true), 'a case is not kept');
  await other.close();
  console.log('after');
  await live(tab);
  await tab.waitForFunction(() => !document.querySelector('.screen.stale'));
  await context.close();
}
