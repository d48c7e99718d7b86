// A training: no page of it can be taken for the city's own, wherever one has scrolled to, on a wall and on paper.

import { base, holds, live, page, same, serious, shot, sizes } from './browser.mjs';
import { cut, untranslated, violations } from './checks.mjs';
import { address, pages } from './pages.mjs';

const WORDS = { vi: 'TẬP HUẤN', en: 'TRAINING' };

/// The band as it stands over the page now: its words, and how much of it is in sight.
const band = (tab) => tab.$eval('.training', (band) => {
  const { top, bottom, width } = band.getBoundingClientRect();
  const at = document.elementFromPoint(innerWidth / 2, (top + bottom) / 2);
  return { text: band.innerText, isSeen: top >= 0 && bottom <= innerHeight && width >= innerWidth - 20, isOnTop: band.contains(at) };
});

export async function training(browser) {
  // What the server writes is marked before any script has run: every page there is.
  for (const { path } of await pages()) {
    for (const lang of ['vi', 'en']) {
      const answer = await fetch(base + address(path, lang), { headers: { accept: 'text/html' } });
      same(answer.headers.get('toancanh-training'), 'true', `the answer of ${path}`);
      const text = await answer.text();
      holds(/<html[^>]* data-training/.test(text), `${path} is marked`);
      holds(new RegExp(`<aside[^>]* class="training"[^>]*><strong>${WORDS[lang]}`).test(text), `${path} has the band in ${lang}`);
      const title = text.match(/<title>([^<]*)/)?.[1] ?? '';
      holds(title.startsWith(`${WORDS[lang]} · `), `the title of ${path} is ${JSON.stringify(title)}`);
    }
  }
  const amiss = [];
  const looked = (await pages()).filter(({ name, isWall }) => isWall || ['leader', 'cases', 'map', 'shift', 'public', 'enrol', 'scene-editor'].includes(name));
  for (const { name, path, isWall } of looked) {
    for (const [lang, size] of isWall ? [['vi', [1920, 1080]], ['en', [3840, 1080]]] : [['vi', sizes.phone], ['en', sizes.tablet]]) {
      const { context, tab, complaints } = await page(browser, size, { bypassCSP: true, reducedMotion: 'reduce' });
      await tab.goto(base + address(path, lang));
      await live(tab);
      await tab.waitForTimeout(300);
      for (const place of ['the top', 'the end']) {
        const { text, isSeen, isOnTop } = await band(tab);
        holds(text.includes(WORDS[lang]) && isSeen && isOnTop, `${path} in ${lang} at ${place}: ${JSON.stringify({ text, isSeen, isOnTop })}`);
        if (place === 'the top') await shot(tab, `training-${name}-${lang}`);
        await tab.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
      }
      await tab.evaluate(() => window.scrollTo(0, 0));
      const found = [...(await cut(tab)), ...(await untranslated(tab, lang)), ...(await violations(tab))];
      amiss.push(...found.map((line) => `${path} in ${lang}, ${size[0]} wide: ${line}`));
      same(serious(complaints), [], `${path} in ${lang}`);
      await context.close();
    }
  }
  same(amiss, [], 'what is amiss');

  const { context, tab } = await page(browser);
  await tab.goto(`${base}/print/today?lang=vi`);
  await live(tab);
  await tab.emulateMedia({ media: 'print' });
  const printed = await tab.$eval('.training', (band) => ({ text: band.innerText, height: band.getBoundingClientRect().height }));
  holds(printed.text.includes(WORDS.vi) && printed.height > 20, `on paper: ${JSON.stringify(printed)}`);
  await shot(tab, 'training-paper');
  await context.close();
}
