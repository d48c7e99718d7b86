// The last known picture for a reader without a connection. Pages come from the server; where it cannot be reached,
// as they were last served, with the instant of then written on them: the page shows its age from its first picture on.
// Kept are the city's brief and its map and nothing else. Of cases the brief names the few that are overdue longest, by
// their codes and short titles without personal data; no case's page, no list, no answer of the API is kept.

const PAGES = 'toancanh-pages-1';
const FILES = 'toancanh-files-1';
const BASE = new URL(self.registration.scope).pathname;

const PAGE = /^(?:map)?$/;
const FILE = /^(?:(?:pkg|vendor|fonts)\/|(?:style\.css|favicon\.svg|manifest\.webmanifest)$|icon-\d+\.png$)/;

// So many pages are kept; the one kept longest ago goes first.
const PAGES_MAX = 12;
// A link that has gone without a word would let the reader wait for minutes.
const LATE_MS = 8_000;
const KEPT_AT = 'x-kept-at';

const place = (url) => url.origin === self.location.origin && url.pathname.startsWith(BASE) ? url.pathname.slice(BASE.length) : null;
const isPage = (url) => PAGE.test(place(url) ?? '-');
const isFile = (url) => FILE.test(place(url) ?? '-');

async function keepPage(address, response) {
  const headers = new Headers(response.headers);
  headers.set(KEPT_AT, String(Date.now()));
  const pages = await caches.open(PAGES);
  // Put anew, so that it is the youngest.
  await pages.delete(address);
  await pages.put(address, new Response(await response.blob(), { status: 200, headers }));
  const kept = await pages.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - PAGES_MAX)).map((oldest) => pages.delete(oldest)));
}

// A page is shown with the program of its own version alone: another one would not know it. Whether it is a new one.
const VERSION = `${BASE}version`;
async function holdsVersion(version) {
  const files = await caches.open(FILES);
  const held = await files.match(VERSION);
  if (held && (await held.text()) === version) return false;
  // The first word says only what is kept already.
  if (held) await caches.delete(PAGES);
  await files.put(VERSION, new Response(version));
  return held !== undefined;
}

// With the instant on it.
async function keptPage(address) {
  const kept = await (await caches.open(PAGES)).match(address);
  if (!kept) return undefined;
  const text = await kept.text();
  const at = Number(kept.headers.get(KEPT_AT));
  return new Response(text.replace('<html', `<html data-kept-ms="${at}"`), { status: 200, headers: kept.headers });
}

const late = () => new Promise((_, reject) => { setTimeout(() => reject(new Error('the server takes too long')), LATE_MS); });

async function pageOf(event) {
  const address = event.request.url;
  try {
    const response = await Promise.race([fetch(event.request), late()]);
    // A proxy whose server is away speaks for it.
    if ([502, 503, 504].includes(response.status)) return (await keptPage(address)) ?? response;
    if (response.ok && !response.redirected) event.waitUntil(keepPage(address, response.clone()));
    return response;
  } catch (error) {
    const kept = await keptPage(address);
    if (kept) return kept;
    throw error;
  }
}

async function fileOf(event) {
  const files = await caches.open(FILES);
  try {
    const response = await fetch(event.request);
    // Megabytes are written where they changed, and not with every page.
    const held = await files.match(event.request.url);
    const isHeld = held?.headers.get('last-modified') === response.headers.get('last-modified');
    if (response.status === 200 && !(held && isHeld)) event.waitUntil(files.put(event.request.url, response.clone()));
    return response;
  } catch (error) {
    const kept = await files.match(event.request.url);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith('toancanh-') && ![PAGES, FILES].includes(name));
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

// A page that was served before this was there tells what it is made of.
self.addEventListener('message', (event) => {
  const { version, page, files } = event.data ?? {};
  const own = (address) => { try { return new URL(address); } catch { return null; } };
  event.waitUntil((async () => {
    const isNew = typeof version === 'string' && (await holdsVersion(version));
    // And the page that an installed one opens with.
    for (const url of new Set([page, page || isNew ? self.registration.scope : undefined])) {
      if (!own(url) || !isPage(own(url))) continue;
      const response = await fetch(url, { headers: { accept: 'text/html' } });
      if (response.ok && !response.redirected) await keepPage(url, response);
    }
    const cache = await caches.open(FILES);
    for (const file of Array.isArray(files) ? files.map(own) : []) {
      if (file && isFile(file) && !(await cache.match(file.href))) await cache.add(file.href);
    }
  })().catch(() => {}));
});

self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return;
  const url = new URL(event.request.url);
  if (event.request.mode === 'navigate') {
    if (isPage(url)) event.respondWith(pageOf(event));
  } else if (isFile(url)) {
    event.respondWith(fileOf(event));
  }
});
