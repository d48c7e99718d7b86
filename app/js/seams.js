// What keeps words off a wall's seams is a script of its own: only a wall of many displays loads it.

const BASE = document.documentElement.dataset.base ?? "";
const SCRIPT = BASE + "/wall-seams.mjs";
let isLoaded = false;

/** Keeps the wall's words off the seams of so many displays, which are `gap` of its height wide. */
export async function keepOffSeams(across, down, gap) {
  if (!isLoaded && across < 2 && down < 2) return;
  const { keep } = await import(SCRIPT);
  isLoaded = true;
  keep(document.querySelector("main.wall"), across, down, gap);
}
