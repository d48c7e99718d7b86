// The map's graphics are lost, and come back.

import { base, drawn, holds, live, page, same, sizes } from './browser.mjs';

/// The colours of the legend that are on the map, byte for byte: at least three.
async function hasLegendsColours(tab, what) {
  const clip = await tab.locator('.hexmap-ground').boundingBox();
  const picture = await tab.screenshot({ clip });
  const { legend, found } = await tab.evaluate(async (bytes) => {
    const legend = [...document.querySelectorAll('.hexmap-swatch')].map((one) => getComputedStyle(one).backgroundColor);
    const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const found = new Set();
    for (let place = 0; place < data.length; place += 4) found.add(`rgb(${data[place]}, ${data[place + 1]}, ${data[place + 2]})`);
    return { legend, found: legend.filter((colour) => found.has(colour)) };
  }, [...picture]);
  // Of a class there may be no cell in this view.
  holds(found.length >= 3, `of the legend's ${legend.join(', ')} the map ${what} has ${found.join(', ')}`);
  return found;
}

/// The graphics are lost, as a driver's restart loses them: the map says so, comes back by itself, and shows the same.
export async function graphicsLost(browser) {
  for (const [path, size] of [['/map', sizes.tablet], ['/wall/city-now', [1920, 1080]]]) {
    const { context, tab } = await page(browser, size, { reducedMotion: 'reduce' });
    await tab.goto(`${base}${path}${path.includes('?') ? '&' : '?'}lang=vi`);
    await live(tab);
    await drawn(tab);
    const clip = await tab.locator('.hexmap-ground').boundingBox();
    const before = await hasLegendsColours(tab, 'before');
    for (let nth = 0; nth < 3; nth += 1) {
      await tab.evaluate(() => {
        const way = document.querySelector('.hexmap-ground canvas').getContext('webgl2').getExtension('WEBGL_lose_context');
        window.giveBack = () => way.restoreContext();
        way.loseContext();
      });
      await tab.waitForSelector('.hexmap-ground[data-state="lost"]');
      holds((await tab.textContent('.hexmap-status')).trim().length > 0, `${path}: the map says that it is lost`);
      holds(await tab.isVisible('.link.live') || path.startsWith('/wall'), 'the numbers beside it go on');
      await tab.evaluate(() => window.giveBack());
      await drawn(tab);
      same(await hasLegendsColours(tab, `of ${path} after loss ${nth + 1}`), before, `what ${path} shows after loss ${nth + 1}`);
    }
    same(Math.round(clip.width), Math.round((await tab.locator('.hexmap-ground').boundingBox()).width), 'the width of the map');
    await context.close();
  }
}
