// What the browser scenarios share: a real Chromium, a page that notes everything it complains of,
// and checks that say what was expected.

import { createRequire } from 'node:module';
import path from 'node:path';

const modules = process.env.TOANCANH_NODE_MODULES ?? path.resolve('../node_modules');
const { chromium } = createRequire(path.join(modules, 'x.js'))('playwright-core');

const FLAGS = [
  '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
  // A camera that shows a moving picture, for every page that may use one.
  '--use-fake-device-for-media-stream', '--disable-component-update', '--disable-sync', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
];

export const base = process.env.BASE;
export const sizes = { wall: [3840, 2160], tablet: [1180, 820], phone: [390, 844] };

export async function open() {
  return chromium.launch({ executablePath: process.env.TOANCANH_CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/// A page without a keeper of old pages, for a keeper's own requests cannot be seen here; and what it complained of: console errors and warnings, exceptions, failed requests.
export async function page(browser, [width, height] = sizes.tablet, options = {}) {
  const context = await browser.newContext({ viewport: { width, height }, serviceWorkers: 'block', ...options });
  const tab = await context.newPage();
  const complaints = [];
  tab.on('console', (message) => {
    // Playwright says so itself where it lets no page keep old ones.
    if (message.text().includes('registration blocked by Playwright')) return;
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  tab.on('pageerror', (error) => complaints.push(`exception: ${error}`));
  tab.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  // Nothing may come from outside.
  tab.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.host !== new URL(base).host) complaints.push(`outside: ${url}`);
  });
  return { context, tab, complaints };
}

/// Waits until the page is live: hydrated, and its socket has spoken.
export async function live(tab) {
  await tab.waitForSelector('.link.live', { timeout: 30_000, state: 'attached' });
}

/// The numbers on a page.
export const figures = (tab) => tab.$$eval('main .num .figure', (all) => all.map((figure) => figure.textContent.trim()));

/// Waits until the map has drawn.
export async function drawn(tab) {
  await tab.waitForSelector('.hexmap-ground[data-state="drawn"] canvas', { timeout: 30_000 });
  // The names come in and the first camera comes to rest.
  await tab.waitForTimeout(2500);
}

export function same(got, want, what) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)];
  if (a !== b) throw new Error(`${what}: got ${a}, expected ${b}`);
}

export function holds(truth, what) {
  if (!truth) throw new Error(what);
}

/// SwiftShader says how slowly it reads pixels back: a fact about the machine, not about the page.
export function serious(complaints) {
  return complaints.filter((line) => !line.includes('GPU stall due to ReadPixels') && !line.includes('GroupMarkerNotSet'));
}

export async function api(query) {
  const response = await fetch(`${base}${query}`);
  if (!response.ok) throw new Error(`${query}: ${response.status} ${await response.text()}`);
  return response.json();
}

export function shot(tab, name) {
  const folder = process.env.TOANCANH_ARTIFACTS;
  return folder ? tab.screenshot({ path: path.join(folder, `${name}.png`) }) : null;
}

export async function run(scenarios) {
  const wanted = process.argv[2];
  const browser = await open();
  try {
    await scenarios[wanted](browser);
    console.log(`${wanted}: ok`);
  } catch (error) {
    console.error(`${wanted}: ${error.stack ?? error}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
