// A place's centre: a code that is typed and one that the camera reads open the same case; and the screen in its
// lobby, which comes back by itself.

import { base, holds, live, page, same, serious, sizes } from './browser.mjs';

const { PLACE, CASE } = process.env;
const TITLE = 'main h1';

/// Where a page leads once somebody has given it the code.
async function opened(tab) {
  await tab.waitForURL(/\/case\//, { timeout: 30_000 });
  await tab.waitForSelector(TITLE);
  return { path: new URL(tab.url()).pathname, title: (await tab.textContent(TITLE)).trim() };
}

export async function lookUp(browser) {
  const typed = await page(browser, sizes.phone);
  await typed.tab.goto(`${base}/centre/${PLACE}?lang=vi`);
  await live(typed.tab);
  // This browser reads no codes of its own: that is said, and no button leads nowhere.
  await typed.tab.waitForFunction(() => document.querySelector('.scan-says')?.textContent.includes('không tự đọc được mã'));
  same(await typed.tab.locator('.scan button').count(), 0, 'buttons that could not do anything');
  await typed.tab.fill('.look-up input', 'nothing');
  await typed.tab.press('.look-up input', 'Enter');
  await typed.tab.waitForSelector('.centre-not-here a[href*="/public/case?code=nothing"]', { timeout: 30_000 });
  // As a scanner at the desk does it: the code, then Enter.
  await typed.tab.fill('.look-up input', CASE);
  await typed.tab.press('.look-up input', 'Enter');
  const want = await opened(typed.tab);
  same(serious(typed.complaints), [], 'complaints');
  await typed.context.close();

  const scanned = await page(browser, sizes.phone, { permissions: ['camera'] });
  // The reader belongs to the browser, and Chromium has none on Linux: this one looks at the picture of the camera
  // and finds the code once there is one.
  await scanned.tab.addInitScript((code) => {
    window.BarcodeDetector = class {
      static async getSupportedFormats() { return ['qr_code']; }
      async detect(video) { return video.videoWidth > 0 && video.srcObject.active ? [{ rawValue: ` ${code} ` }] : []; }
    };
  }, CASE);
  await scanned.tab.goto(`${base}/centre/${PLACE}?lang=vi`);
  await live(scanned.tab);
  const button = scanned.tab.locator('.scan button');
  await button.waitFor();
  const { height } = await button.boundingBox();
  holds(height >= 44, `the button is ${height} high`);
  await button.click();
  same(await opened(scanned.tab), want, 'what was scanned and what was typed');
  same(await scanned.tab.evaluate(() => document.querySelectorAll('video').length), 0, 'cameras that still look');
  same(serious(scanned.complaints), [], 'complaints');
  await scanned.context.close();
}

/// The lobby's screen through a cut network and a server that begins anew: the last numbers stay, their age is
/// said, and the new ones come without a hand.
export async function lobby(browser) {
  const { context, tab } = await page(browser, [1920, 1080]);
  await tab.goto(`${base}/centre/${PLACE}/lobby?lang=vi`);
  await live(tab);
  await tab.evaluate(() => { window.isTheSamePage = true; });
  const called = () => tab.$eval('.lobby-called', (called) => called.textContent.trim());
  same(await called(), '33', 'the number that is called');
  same(await tab.evaluate(() => document.documentElement.scrollHeight > window.innerHeight), false, 'the screen scrolls');
  same(await tab.locator('main a, main button, main input').count(), 0, 'things to touch');

  await context.setOffline(true);
  await tab.waitForSelector('.screen.stale', { timeout: 20_000, state: 'attached' });
  same(await called(), '33', 'the number while the network is away');
  holds((await tab.textContent('.link')).length > 10, 'the age of the numbers is written');
  await context.setOffline(false);
  await live(tab);
  console.log('back');

  // The server ends here, begins anew, and hears of another number.
  await tab.waitForSelector('.screen.stale', { timeout: 60_000, state: 'attached' });
  same(await called(), '33', 'the number while the server is away');
  await tab.waitForFunction(() => document.querySelector('.lobby-called')?.textContent.trim() === '34', null, { timeout: 90_000 });
  await tab.waitForSelector('.screen:not(.stale)', { timeout: 30_000, state: 'attached' });
  console.log('again');
  holds(await tab.evaluate(() => window.isTheSamePage), 'the page was not loaded anew');
  await context.close();
}
