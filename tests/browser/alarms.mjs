// A grave case that is late: seen among the alarms, acknowledged by keyboard alone, and seen on its unit's desk.

import { api, base, holds, live, page, same, serious, shot, sizes } from './browser.mjs';

export async function alarm(browser) {
  const { context, tab, complaints } = await page(browser, sizes.tablet, { locale: 'vi-VN' });
  await tab.goto(`${base}/alarms?lang=vi`);
  await live(tab);
  await tab.waitForSelector('.alarm .acts button');
  const line = tab.locator('.alarm').first();
  const said = await line.textContent();
  holds(said.includes('Vụ việc nghiêm trọng quá hạn') && said.includes('Ngay'), `what is the matter, and how soon: ${said}`);
  holds((await tab.locator('h1').textContent()).startsWith('1 báo động'), 'the title says how many wait');
  const button = line.locator('.acts button');
  holds((await button.boundingBox()).height >= 44, 'a finger finds the button');
  await button.focus();
  await tab.keyboard.press('Enter');
  const form = tab.locator('form.sheet');
  await form.waitFor({ state: 'visible' });
  await form.locator('textarea').fill('Đã gọi đơn vị.');
  // A wrong token does nothing, and says so.
  await form.locator('input[name="token"]').fill('nobody');
  await form.locator('.strong').focus();
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.refused p');
  same((await api('/api/v1/alarms')).unacknowledged, 1, 'nothing was done');
  complaints.length = 0;
  await form.locator('input[name="token"]').fill(process.env.TOKEN);
  await shot(tab, 'alarm-form');
  await form.locator('.strong').focus();
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.alarm-handled');
  holds((await line.textContent()).includes('Đã gọi đơn vị.'), 'the line says what is done');
  const page_ = await api('/api/v1/alarms');
  same([page_.unacknowledged, page_.acknowledged], [0, 1], 'it is acknowledged');
  const { case: code, agency } = page_.alarms[0];
  await tab.goto(`${base}/desk/${agency}?lang=vi`);
  await live(tab);
  await tab.waitForSelector('.desk-part .case-line');
  holds((await tab.locator('.desk-part').first().textContent()).includes(code), 'the case lies on the desk of who holds it');
  holds((await tab.locator('h1').textContent()).includes('1 quá hạn'), 'the title says how many are late');
  same(serious(complaints), [], 'the pages');
  for (const path of ['/alarms', `/desk/${agency}`, '/desk/city-office']) {
    for (const size of [sizes.tablet, sizes.phone]) {
      await tab.setViewportSize({ width: size[0], height: size[1] });
      await tab.goto(`${base}${path}?lang=en`);
      await live(tab);
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      holds(!wide, `${path} scrolls sideways at ${size[0]}`);
      await shot(tab, `${path.slice(1).replaceAll('/', '-')}-${size[0]}`);
    }
  }
  await context.close();
}
