// A shift from coming to handing over, by keyboard alone: names only with the token, and a handover that waits is seen.

import { api, base, holds, live, page, same, serious, shot, sizes } from './browser.mjs';

const NAMES = ['Lê Thị Hồng Ánh', 'Trần Văn Bình'];

/// Gives a button the focus and presses it.
async function press(tab, button) {
  await button.focus();
  await tab.keyboard.press('Enter');
}

export async function shift(browser) {
  const { context, tab, complaints } = await page(browser, sizes.tablet, { locale: 'vi-VN' });
  await tab.goto(`${base}/shift?lang=vi`);
  await live(tab);
  await tab.waitForSelector('.duty-forms');
  same(await tab.textContent('h1'), 'Chưa ai vào ca', 'the title says that nobody is there');
  const form = tab.locator('form.duty-forms');
  const button = (name) => form.getByRole('button', { name, exact: true });
  // A wrong token does nothing, says so, and leaves the page.
  await form.locator('input[name="token"]').fill('nobody');
  await press(tab, button('Hiện tên'));
  await tab.waitForSelector('.refused p');
  same(await tab.textContent('h1'), 'Chưa ai vào ca', 'the page stays');
  complaints.length = 0;
  await form.locator('input[name="token"]').fill(process.env.TOKEN);
  for (const [place, name] of NAMES.entries()) {
    await form.locator('input[name="person"]').fill(name);
    await press(tab, button('Vào ca'));
    await tab.waitForFunction((count) => document.querySelectorAll('.duties > li').length === count, place + 1);
  }
  // Both came at one instant: either may stand first.
  const duty = tab.locator('.duties > li').filter({ hasText: NAMES[0] });
  await duty.waitFor();
  await press(tab, duty.locator('.acts button'));
  await form.locator('textarea').fill('Còn một vụ khẩn ở quận 1.');
  await press(tab, button('Ghi chú'));
  await tab.waitForSelector('.duty-notes li');
  await form.locator('textarea').fill('Theo dõi vụ khẩn, gọi lại lúc 10 giờ.');
  await press(tab, button('Bàn giao ca'));
  await tab.waitForSelector('.handover');
  holds((await tab.textContent('h1')).startsWith('1 bàn giao chưa có người nhận'), 'a handover that waits is the title');
  const { on_duty, handovers_waiting } = await api('/api/v1/shift');
  const waits = on_duty.find(({ status }) => status === 'handing_over');
  same([waits.person, handovers_waiting], [null, 1], 'REST without the token tells no name');
  const numbers = await tab.locator('.handover-numbers .num .figure').allTextContents();
  same(numbers, waits.handover.summary.numbers.map(({ value }) => String(value)), 'the numbers of the handover');
  await tab.locator('.handover-numbers .num').nth(1).click();
  await tab.waitForSelector('.receipt-panel .digest');
  const digest = await tab.textContent('.receipt-panel .digest');
  holds(digest.includes(waits.handover.summary.numbers[1].digest.slice(0, 8)), `the receipt is the one of then: ${digest}`);
  await tab.keyboard.press('Escape');
  await shot(tab, 'shift-handover');
  await press(tab, button('Nhận ca'));
  await tab.waitForFunction(() => document.querySelector('h1').textContent === '1 người đang trực');
  same((await api('/api/v1/shift')).recent[0].status, 'handed_over', 'it is accepted');
  // Another reader sees no name, in no language and at no size.
  for (const lang of ['vi', 'en']) {
    for (const size of [sizes.tablet, sizes.phone]) {
      await tab.setViewportSize({ width: size[0], height: size[1] });
      await tab.goto(`${base}/shift?lang=${lang}`);
      await live(tab);
      await tab.waitForSelector('.duties');
      const text = await tab.content();
      holds(!NAMES.some((name) => text.includes(name)), 'a page without the token holds no name');
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      holds(!wide, `the shift scrolls sideways at ${size[0]}`);
      await shot(tab, `shift-${lang}-${size[0]}`);
    }
  }
  same(serious(complaints), [], 'the pages');
  await context.close();
}
