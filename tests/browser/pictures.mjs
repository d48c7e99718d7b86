// Pictures of every page in both languages and both shades at every size, on one sheet: `cargo xtask pictures`. What a
// picture shows amiss (cut, untranslated, against the rules for everybody's access) stands under it and fails the run.
// Firefox ESR is looked at in two sizes; Safari cannot be had here, which the sheet says.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { base, drawn, live, open, page, serious } from './browser.mjs';
import { cut, untranslated, violations } from './checks.mjs';
import { openFirefox } from './firefox.mjs';
import { address, pages, ready } from './pages.mjs';

const SIZES = [[7680, 2160], [3840, 2160], [1920, 1080], [1180, 820], [390, 844]];
/// A page for hands is not stretched over a wall; a wall is not held in a hand.
const fits = (isWall, [width]) => (isWall ? width >= 1180 : width <= 3840);
/// How many pages are drawn at once.
const AT_ONCE = 2;
const SHADES = ['light', 'dark'];
const FIREFOX_SIZES = [[1920, 1080], [390, 844]];
/// How wide a picture stands on the sheet.
const THUMB = 420;

const folder = process.env.TOANCANH_PICTURES;
const only = process.env.TOANCANH_PICTURES_ONLY?.split(',');
mkdirSync(folder, { recursive: true });

/// Sees as the eighth of a hundred men does who has no green cones.
async function withoutGreen(tab, file) {
  const session = await tab.context().newCDPSession(tab);
  await session.send('Emulation.setEmulatedVisionDeficiency', { type: 'deuteranopia' });
  await tab.screenshot({ path: file });
  await session.detach();
}

async function picture(browser, { name, path: place, isWall }, lang, size, shade) {
  const { context, tab, complaints } = await page(browser, size, { bypassCSP: true, reducedMotion: 'reduce' });
  const shots = [];
  let faults = [];
  try {
    await tab.goto(`${base}${address(place, lang)}&theme=${shade}`);
    await live(tab);
    if (await tab.$('.hexmap-ground')) await drawn(tab);
    await tab.waitForTimeout(400);
    const file = `${name}-${lang}-${shade}-${size[0]}x${size[1]}.png`;
    await tab.screenshot({ path: path.join(folder, file) });
    shots.push(file);
    faults = [...(await cut(tab)), ...(await untranslated(tab, lang)).map((word) => `untranslated: ${word}`)];
    faults.push(...(await violations(tab)).map((line) => `axe: ${line}`));
    // A page that is not there answers 404: that is its content.
    faults.push(...serious(complaints).filter((line) => name !== 'nowhere' || !line.includes('404')));
    if (isWall && lang === 'vi' && shade === 'dark' && size[0] === 3840) {
      const green = `${name}-deuteranopia.png`;
      await withoutGreen(tab, path.join(folder, green));
      shots.push(green);
    }
  } catch (error) {
    faults.push(String(error));
  } finally {
    await context.close();
  }
  return { name, lang, size: `${size.join('×')} ${shade}`, shots, faults };
}

async function inFirefox(firefox, { name, path: place }, size) {
  const tab = await firefox.page(size);
  const faults = [];
  const file = `${name}-vi-firefox-${size[0]}x${size[1]}.png`;
  try {
    await tab.goto(base + address(place, 'vi'));
    await tab.waitFor('.link.live');
    await tab.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 1500); }));
    await tab.screenshot({ path: path.join(folder, file) });
    faults.push(...(await cut(tab)), ...(await untranslated(tab, 'vi')).map((word) => `untranslated: ${word}`));
  } catch (error) {
    faults.push(String(error));
  } finally {
    await tab.close();
  }
  return { name, lang: 'vi', size: `${size.join('×')} Firefox ${firefox.version}`, shots: faults.length && faults[0].startsWith('Error') ? [] : [file], faults };
}

/// Does all of it, so many at a time, in the order in which they stand.
async function all(jobs) {
  const done = new Array(jobs.length);
  let next = 0;
  const work = async () => {
    for (let job = next; job < jobs.length; job = next) {
      next += 1;
      done[job] = await jobs[job]();
      const { name, lang, size, faults } = done[job];
      console.log(`${job + 1}/${jobs.length} ${name} ${lang} ${size}${faults.map((line) => `\n    ${line}`).join('')}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return done;
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/// The sheet: a row for each page, its pictures side by side, what is amiss in red words under them.
function sheet(taken) {
  const names = [...new Set(taken.map(({ name }) => name))];
  const figure = ({ lang, size, shots, faults }) => shots.map((file, nth) => `<figure><a href="${file}"><img src="${file}" width="${THUMB}" alt=""></a>
    <figcaption>${nth ? 'deuteranopia' : `${lang} · ${size}`}${nth ? '' : faults.map((line) => `<b>${escape(line)}</b>`).join('')}</figcaption></figure>`).join('');
  const rows = names.map((name) => `<h2>${name}</h2><div>${taken.filter((one) => one.name === name).map(figure).join('')}</div>`);
  return `<!doctype html><meta charset="utf-8"><title>Toàn Cảnh: every page</title><style>
    body{font:14px system-ui;margin:24px;background:#ddd} div{display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start}
    figure{margin:0;width:${THUMB}px} img{display:block;border:1px solid #888} b{display:block;color:#a00;font-weight:400;overflow-wrap:anywhere}
    </style><h1>Toàn Cảnh: every page, ${taken.length} pictures</h1><p>Chromium and Firefox ESR. Safari: untried.</p>${rows.join('')}`;
}

const browser = await open();
let taken = [];
let firefox;
try {
  await ready();
  const wanted = (await pages()).filter(({ name }) => !only || only.includes(name));
  firefox = await openFirefox();
  const jobs = wanted.flatMap((one) => [
    ...['vi', 'en'].flatMap((lang) => SHADES.flatMap((shade) => SIZES.filter((size) => fits(one.isWall, size)).map((size) => () => picture(browser, one, lang, size, shade)))),
    ...FIREFOX_SIZES.filter((size) => fits(one.isWall, size)).map((size) => () => inFirefox(firefox, one, size)),
  ]);
  taken = await all(jobs);
  const file = path.join(folder, 'index.html');
  writeFileSync(file, sheet(taken));
  const { context, tab } = await page(browser, [1840, 1000]);
  await tab.goto(`file://${path.resolve(file)}`);
  await tab.screenshot({ path: path.join(folder, 'sheet.png'), fullPage: true });
  await context.close();
} finally {
  await firefox?.close();
  await browser.close();
}
const amiss = taken.filter(({ faults }) => faults.length > 0).length;
console.log(`pictures: ${taken.length}, with something amiss: ${amiss}`);
process.exitCode = amiss > 0 ? 1 : 0;
