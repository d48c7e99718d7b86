// From a red number to who holds the case and to its clause, then an urge, seen in the list and on the case.

import { api, base, holds, live, page, same, serious, shot, sizes } from './browser.mjs';

export async function urge(browser) {
  const { context, tab, complaints } = await page(browser, sizes.tablet, { locale: 'vi-VN' });
  await tab.goto(`${base}/?lang=vi`);
  await live(tab);
  // One: the red number. Two: the case behind it, whose page says who holds it and by which clause it is late.
  await tab.locator('main .brief .num.overdue').last().click();
  await tab.locator('[role="dialog"] .codes a').first().click();
  await tab.waitForURL(/\/case\//);
  await tab.waitForSelector('.clocks .clock-head');
  const text = await tab.locator('main').textContent();
  holds(text.includes('Sở Nội vụ'), 'the case says who holds it');
  holds(/4874\/QĐ-UBND/.test(text), 'the case names the clause');
  const code = decodeURIComponent(new URL(tab.url()).pathname.split('/').pop());
  // By keyboard alone from here: the way to the form, the form, the review, the sending.
  const way = tab.locator('main .acts a').first();
  const box = await way.boundingBox();
  holds(box.height >= 44, `the way is ${box.height} pixels high`);
  await way.focus();
  await tab.keyboard.press('Enter');
  await tab.waitForURL(/\/directives\/new/);
  await tab.waitForSelector('form.sheet select');
  same(await tab.inputValue('select[name="to"]'), 'so_noi_vu', 'the unit that holds the case is chosen');
  holds((await tab.inputValue('textarea[name="text"]')).includes(code), 'the words name the case');
  await tab.locator('form.sheet button[type="submit"]').focus();
  await tab.keyboard.press('Enter');
  const review = tab.locator('form.review');
  await review.waitFor({ state: 'visible' });
  const said = await review.textContent();
  holds(said.includes('Sở Nội vụ') && said.includes('2 ngày làm việc'), `the review says to whom and by when: ${said}`);
  // A wrong token sends nothing, and says so.
  await review.locator('input[name="token"]').fill('nobody');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.refused p');
  same((await api('/api/v1/directives')).total, 0, 'nothing was sent');
  same(serious(complaints).filter((line) => !line.includes('500')), [], 'but for the refusal');
  complaints.length = 0;
  await review.locator('input[name="token"]').fill(process.env.TOKEN);
  await shot(tab, 'directive-review');
  await tab.keyboard.press('Enter');
  await tab.waitForURL(/\/directives\/DD-/);
  await tab.waitForSelector('.directive-stand');
  const { directives } = await api('/api/v1/directives');
  same([directives.length, directives[0].to, directives[0].evidence.case.case], [1, 'so_noi_vu', code], 'the directive');
  holds(!tab.url().includes(process.env.TOKEN), 'no address holds the token');
  await shot(tab, 'directive');
  // Answered, then seen on the case and in the list.
  await tab.locator('textarea[name="text"]').fill('Đã cử người đến xử lý.');
  await tab.locator('form.sheet .strong').click();
  await tab.waitForFunction(() => document.querySelector('.story .step-title')?.textContent === 'Đơn vị trả lời');
  await tab.goto(`${base}/case/${encodeURIComponent(code)}`);
  await tab.waitForSelector('.story .step.directed');
  holds((await tab.locator('.story').textContent()).includes(directives[0].directive), 'the story tells of it');
  await tab.goto(`${base}/directives`);
  await tab.waitForSelector('.directives .case-line');
  const line = await tab.locator('.directives .case-line').first().textContent();
  holds(line.includes('Sở Nội vụ') && line.includes('Đã trả lời'), `the list says where it stands: ${line}`);
  same(serious(complaints), [], 'the pages');
  for (const path of ['/directives', `/directives/${directives[0].directive}`, `/directives/new?case=${encodeURIComponent(code)}`]) {
    for (const size of [sizes.tablet, sizes.phone]) {
      await tab.setViewportSize({ width: size[0], height: size[1] });
      await tab.goto(`${base}${path}${path.includes('?') ? '&' : '?'}lang=en`);
      await live(tab);
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      holds(!wide, `${path} scrolls sideways at ${size[0]}`);
      await shot(tab, `directives-${size[0]}-${path.split('/')[2]?.slice(0, 3) ?? 'list'}`);
    }
  }
  await context.close();
}
