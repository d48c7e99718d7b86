// The task that the product is measured by: from a wall's red number to the unit that holds a case behind it and to
// the clause by which that case is late, in at most three actions. Every click and every key is an action.

import { base, holds, live, page, same, serious, shot } from './browser.mjs';

const WALL = [1920, 1080];
const ACTIONS_MAX = 3;
const RED = '.panels:not(.away) .num[href*="metric=overdue"]';

/// Counts what a person does on a page, in the page, and over the pages that it leads to.
const counted = (context) => context.addInitScript(() => {
  for (const kind of ['pointerdown', 'keydown']) {
    addEventListener(kind, () => sessionStorage.setItem('actions', Number(sessionStorage.getItem('actions') ?? 0) + 1), { capture: true });
  }
});

async function ends(tab, what) {
  await tab.waitForURL(/\/case\//);
  await tab.waitForSelector('.clocks .clock-head');
  const text = await tab.locator('main').innerText();
  holds(text.includes('Sở Nội vụ'), `${what}: the unit that holds the case`);
  holds(/4874\/QĐ-UBND Điều 7/.test(text), `${what}: the clause`);
  const actions = await tab.evaluate(() => Number(sessionStorage.getItem('actions')));
  console.log(`${what}: ${actions} actions`);
  holds(actions > 0 && actions <= ACTIONS_MAX, `${what}: ${actions} actions`);
}

export async function task(browser) {
  const byHand = {
    pointer: async (tab) => {
      await tab.locator(RED).first().click();
      await tab.locator('[role="dialog"] .codes a').first().click();
    },
    touch: async (tab) => {
      await tab.locator(RED).first().tap();
      await tab.locator('[role="dialog"] .codes a').first().tap();
    },
  };
  for (const [what, act] of Object.entries(byHand)) {
    const { context, tab, complaints } = await page(browser, WALL, { locale: 'vi-VN', hasTouch: true });
    await counted(context);
    await tab.goto(`${base}/wall/city-now?lang=vi`);
    await live(tab);
    same((await tab.locator(RED).first().locator('.figure').textContent()).trim(), '1', 'the red number');
    await act(tab);
    await ends(tab, what);
    await shot(tab, `task-${what}`);
    same(serious(complaints), [], what);
    await context.close();
  }
}
