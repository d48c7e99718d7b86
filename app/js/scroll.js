// Back and forward lead to where one was: the browser scrolls before the page's answer has come, and
// so not far enough. This scrolls once there is something to scroll.

// For how long a page may take to grow to where one was.
const GROW_MS = 4_000;
// And for how long the place is kept once it is reached: a part may still be shown anew.
const KEEP_MS = 600;

/** Begins to remember places, once for the page. */
export function keepPlaces() {
  const places = new Map();
  const address = () => location.pathname + location.search;
  let here = address();
  let restoring = null;
  const remember = () => places.set(here, window.scrollY);
  const stop = () => {
    restoring = null;
  };

  function restore(wanted) {
    const began = performance.now();
    let reached = null;
    const mine = {};
    restoring = mine;
    const step = (now) => {
      if (restoring !== mine || now - began > GROW_MS) return;
      const most = document.documentElement.scrollHeight - window.innerHeight;
      if (most >= wanted && window.scrollY !== wanted) window.scrollTo(0, wanted);
      if (Math.abs(window.scrollY - wanted) < 2) {
        reached ??= now;
        if (now - reached > KEEP_MS && !document.querySelector("main .nothing.loading")) return;
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  // Before a link leads away.
  addEventListener("click", remember, { capture: true });
  addEventListener("popstate", () => {
    const now = address();
    if (now === here) return;
    // The page that is left still stands there.
    if (restoring === null) remember();
    here = now;
    restore(places.get(now) ?? 0);
  });
  // A link sets the address without a word.
  const push = history.pushState.bind(history);
  history.pushState = (...entry) => {
    push(...entry);
    here = address();
  };
  for (const hand of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(hand, stop, { capture: true, passive: true });
  }
}
