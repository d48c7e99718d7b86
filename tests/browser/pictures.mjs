// Pictures of every page in both languages at every size, on one sheet: `cargo xtask pictures`. What a picture
// shows amiss (cut, untranslated, against the rules for everybody's access) stands under it and fails the run.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { base, drawn, live, open, page, serious } from './browser.mjs';
import { cut, untranslated, violations } from './checks.mjs';
import { address, pages, ready } from './pages.mjs';

const SIZES = [[7680, 2160], [3840, 2160], [1920, 1080], [1180, 820], [390, 844]];
/// A page for hands is not stretched over a wall; a wall is not held in a hand.
const fits = (isWall, [width]) => (isWall ? width >= 1180 : width <= 3840);
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

async function picture(browser, { name, path: place, isWall }, lang, size) {
  const { context, tab, complaints } = await page(browser, size, { bypassCSP: true, reducedMotion: 'reduce' });
  const shots = [];
  let faults = [];
  try {
    await tab.goto(base + address(place, lang));
    await live(tab);
    if (await tab.$('.hexmap-ground')) await drawn(tab);
    await tab.waitForTimeout(400);
    const file = `${name}-${lang}-${size[0]}x${size[1]}.png`;
    await tab.screenshot({ path: path.join(folder, file) });
    shots.push(file);
    faults = [...(await cut(tab)), ...(await untranslated(tab, lang)).map((word) => `untranslated: ${word}`)];
    faults.push(...(await violations(tab)).map((line) => `axe: ${line}`));
    // A page that is not there answers 404: that is its content.
    faults.push(...serious(complaints).filter((line) => name !== 'nowhere' || !line.includes('404')));
    if (isWall && lang === 'vi' && size[0] === 3840) {
      const green = `${name}-deuteranopia.png`;
      await withoutGreen(tab, path.join(folder, green));
      shots.push(green);
    }
  } catch (error) {
    faults.push(String(error));
  } finally {
    await context.close();
  }
  return { name, lang, size: size.join('×'), shots, faults };
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
    </style><h1>Toàn Cảnh: every page, ${taken.length} pictures</h1>${rows.join('')}`;
}

const browser = await open();
const taken = [];
try {
  await ready();
  const all = (await pages()).filter(({ name }) => !only || only.includes(name));
  for (const one of all) {
    for (const lang of ['vi', 'en']) {
      for (const size of SIZES.filter((size) => fits(one.isWall, size))) {
        const seen = await picture(browser, one, lang, size);
        taken.push(seen);
        console.log(`${seen.name} ${lang} ${seen.size}${seen.faults.map((line) => `\n    ${line}`).join('')}`);
      }
    }
  }
  const file = path.join(folder, 'index.html');
  writeFileSync(file, sheet(taken));
  const { context, tab } = await page(browser, [1840, 1000]);
  await tab.goto(`file://${path.resolve(file)}`);
  await tab.screenshot({ path: path.join(folder, 'sheet.png'), fullPage: true });
  await context.close();
} finally {
  await browser.close();
}
const amiss = taken.filter(({ faults }) => faults.length > 0).length;
console.log(`pictures: ${taken.length}, with something amiss: ${amiss}`);
process.exitCode = amiss > 0 ? 1 : 0;
