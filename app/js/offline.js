// Keeps the last known picture for a reader without a connection; see `sw.js`. Where the browser has no such keeper
// (an address without TLS), nothing is kept and nothing else changes.

const WAIT_MS = 10_000;

let isKeeping = false;

/** Begins to keep pages of a version of the product, once for the page. */
export async function keepPictures(base, version) {
  const keeper = navigator.serviceWorker;
  if (!keeper || isKeeping) return;
  isKeeping = true;
  try {
    // Of which version what it keeps is, it hears at once, and from every page: another one's pages go.
    keeper.controller?.postMessage({ version });
    // A wall shows what is now, or says since when it does not; a lobby's and the public's pages likewise.
    if (!document.querySelector(".screen main.office:not(.public)")) {
      isKeeping = false;
      return;
    }
    // The page in hand comes first: what is kept for another day waits until it has long come to rest.
    await new Promise((resolve) => { setTimeout(resolve, WAIT_MS); });
    const isKept = keeper.controller !== null;
    await keeper.register(`${base}/sw.js`, { scope: `${base}/` });
    const { active } = await keeper.ready;
    // What was served before the keeper was there did not pass through it.
    if (isKept) return;
    const files = performance.getEntriesByType("resource").map((entry) => entry.name);
    active?.postMessage({ version, page: location.href, files });
  } catch (error) {
    console.info("offline:", error);
  }
}

/** How old the page is that the keeper gave, in milliseconds; 0 for one that the server gave now. */
export function keptForMs() {
  const at = Number(document.documentElement.dataset.keptMs ?? Number.NaN);
  return Number.isFinite(at) ? Math.max(0, Date.now() - at) : 0;
}
