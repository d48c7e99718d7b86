// Keeps words and numbers off the seams of a wall that is made of many displays: whatever would stand across one moves
// to where one display shows it whole. Maps and charts go across. Only walls that are set so load it.

// What is moved as a whole.
const BLOCKS = "li, .wall-number, .figure-one";
const LINES = `h1, h2, h3, p, .rank-heads, ${BLOCKS}`;
const IN_FOOT = ".freshness > *, .sources > *, .notice, .scene-name";
// What may lie across a seam, with all that is in it.
const ACROSS = ".wall-map, svg, canvas";
// A move shares its room among what stands beside it, which moves too: so often it is looked again.
const PASSES_MAX = 24;
const NEAR_PX = 0.5;
// Letters do not touch a frame: so much of the wall's em stays free on either side of a seam.
const FREE_EM = 0.35;
// The wall's numbers change often; it is measured again this often at most.
const REST_MS = 250;

let stop = null;

/**
 * Keeps the wall off the seams of `across` by `down` displays until it is called again. A seam is `gap` of the wall's
 * height wide.
 */
export function keep(main, across, down, gap) {
  stop?.();
  stop = null;
  if (!main || (across < 2 && down < 2)) return;
  const watched = { childList: true, characterData: true, subtree: true, attributes: true, attributeFilter: ["class"] };
  let timer = 0;
  const again = () => {
    timer ||= setTimeout(() => {
      timer = 0;
      settle(main, across, down, gap);
    }, REST_MS);
  };
  // The clock's figures are all of one width.
  const changes = new MutationObserver((records) => {
    if (records.some(({ target }) => !(target.parentElement ?? target).closest(".clock"))) again();
  });
  const sizes = new ResizeObserver(again);
  settle(main, across, down, gap);
  changes.observe(main, watched);
  sizes.observe(main);
  document.fonts?.ready.then(again);
  stop = () => {
    clearTimeout(timer);
    changes.disconnect();
    sizes.disconnect();
    document.querySelectorAll("[data-seam]").forEach(free);
  };
}

/** The seams within `length` pixels of so many displays, each `gapPx` wide: `[from, to]`. */
export function seams(length, displays, gapPx) {
  return Array.from({ length: Math.max(0, displays - 1) }, (_, nth) => {
    const middle = ((nth + 1) * length) / displays;
    return [middle - gapPx / 2, middle + gapPx / 2];
  });
}

/** The longest part of `from` to `to` without a seam. */
export function longest(from, to, seams) {
  let best = [from, from];
  let at = from;
  for (const [begin, end] of [...seams, [to, to]]) {
    const part = [at, Math.min(begin, to)];
    if (part[1] - part[0] > best[1] - best[0] + NEAR_PX) best = part;
    at = Math.max(at, end);
  }
  return best;
}

function settle(main, across, down, gap) {
  document.querySelectorAll("[data-seam]").forEach(free);
  const em = Math.min(innerWidth / 100, innerHeight / 56.25);
  const gapPx = gap * innerHeight + 2 * FREE_EM * em;
  const upright = seams(innerWidth, across, gapPx);
  const level = seams(innerHeight, down, gapPx);
  const panels = [...main.querySelectorAll(".panels:not(.away) > .panel, .lobby-all > .panel, .spotlight")].filter((panel) => !panel.matches(ACROSS));
  const band = document.querySelector(".training");
  for (const panel of band ? [band, ...panels] : panels) beside(panel, upright);
  for (const panel of panels) move(panel, LINES, level, "top", "margin-block-start");
  const foot = main.querySelector(".wall-foot");
  if (foot) move(foot, IN_FOOT, upright, "left", "margin-inline-start");
}

// A panel is as wide as its widest part on one display.
function beside(panel, upright) {
  const { left, right } = panel.getBoundingClientRect();
  const [from, to] = longest(left, right, upright);
  if (from - left < NEAR_PX && right - to < NEAR_PX) return;
  hold(panel, "margin-inline", `${from - left}px ${right - to}px`);
}

// What stands across a seam begins behind it, from the first to the last.
function move(within, what, seams, side, property) {
  if (seams.length === 0) return;
  const all = [...within.querySelectorAll(what)].filter(isWhole);
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const met = all.map((one) => [one, seams.find((seam) => meets(one, seam, side))]).find(([, seam]) => seam);
    if (!met) return;
    const [one, [, end]] = met;
    const before = parseFloat(getComputedStyle(one)[property === "margin-block-start" ? "marginBlockStart" : "marginInlineStart"]) || 0;
    hold(one, property, `${before + end - one.getBoundingClientRect()[side]}px`);
  }
}

// Neither a part of something that is moved as a whole, nor something that holds what is moved itself.
function isWhole(one) {
  if (one.closest(ACROSS) || one.parentElement.closest(BLOCKS)) return false;
  return one.matches(BLOCKS) || !one.querySelector(LINES);
}

function meets(one, [from, to], side) {
  const rect = one.getBoundingClientRect();
  const [begin, end] = side === "top" ? [rect.top, rect.bottom] : [rect.left, rect.right];
  return end - begin > 0 && begin < to - NEAR_PX && end > from + NEAR_PX;
}

function hold(one, property, value) {
  one.style.setProperty(property, value);
  one.dataset.seam = "";
}

function free(one) {
  for (const property of ["margin-inline", "margin-block-start", "margin-inline-start"]) one.style.removeProperty(property);
  one.removeAttribute("data-seam");
}
