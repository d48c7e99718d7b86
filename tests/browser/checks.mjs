// What a page must hold at any size and in any language, looked at in the browser itself: nothing runs out of
// the page or is cut, nothing is left untranslated, and the rules for everybody's access are kept.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const modules = process.env.TOANCANH_NODE_MODULES ?? path.resolve('../node_modules');
const AXE = createRequire(path.join(modules, 'x.js')).resolve('axe-core/axe.min.js');

/// Rules of WCAG 2.2, levels A and AA.
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

/// What axe finds, a line each. The page must have been opened with `bypassCSP`: axe is put in from here.
export async function violations(tab) {
  if (!(await tab.evaluate(() => 'axe' in window))) await tab.addScriptTag({ path: AXE });
  const found = await tab.evaluate(async (tags) => {
    // The canvas of the map is drawn by the graphics processor; what it shows stands in a list beside it.
    const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => ({ id, where: nodes.slice(0, 3).map(({ target, any }) => `${target.join(' ')} ${any[0]?.message ?? ''}`) }));
  }, TAGS);
  return found.map(({ id, where }) => `${id}: ${where.join(' | ')}`);
}

/// What runs out of the page, or out of a box that hides the rest without saying so by an ellipsis.
export function cut(tab) {
  return tab.evaluate(() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > window.innerWidth + 1) found.push(`the page is ${root.scrollWidth} wide`);
    const name = (element) => `${element.tagName.toLowerCase()}.${[...element.classList].join('.')}`;
    const text = (element) => element.textContent.trim().replace(/\s+/g, ' ').slice(0, 60);
    for (const element of document.body.querySelectorAll('*')) {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const isShown = box.width > 2 && box.height > 2 && style.visibility !== 'hidden' && Number(style.opacity) > 0;
      // The editor's small wall is a drawing of the large one, on a phone a few millimetres high.
      if (element.closest('.edit-live')) continue;
      if (!isShown || !text(element) || element.closest('svg, canvas, .maplibregl-map, .hexmap-ground')) continue;
      const says = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
      const hides = (axis) => ['hidden', 'clip'].includes(axis);
      // What does not fit of such a list stands wholly beyond its edge.
      if (element.matches('.whole-rows, .panel .late, .panel .alarms')) {
        for (const row of element.children) {
          const at = row.getBoundingClientRect();
          const isWhole = at.bottom <= box.bottom + 1 && at.right <= box.right + 1;
          if (!isWhole && at.left < box.right - 1) found.push(`a row is cut: "${text(row)}"`);
        }
        continue;
      }
      if (hides(style.overflowX) && !says && element.scrollWidth > element.clientWidth + 2) {
        found.push(`cut at the side: ${name(element)} "${text(element)}"`);
      }
      // Vietnamese stacks marks: a line box that is too low loses them first.
      if (hides(style.overflowY) && style.webkitLineClamp === 'none' && element.scrollHeight > element.clientHeight + 2) {
        found.push(`cut below: ${name(element)} "${text(element)}" ${element.scrollHeight} in ${element.clientHeight}`);
      }
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      // Said to screen readers alone: a box of a pixel.
      const isForEars = (node) => node && (node.getBoundingClientRect().width <= 2 || isForEars(node.parentElement));
      const scrolls = (node) => node && (['auto', 'scroll'].includes(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
      // A row that has no room in its list stands beyond that list's edge, unseen.
      const list = element.closest('.whole-rows, .panel .late, .panel .alarms');
      if (list && list !== element && box.left >= list.getBoundingClientRect().right - 1) continue;
      if (own && (box.right > window.innerWidth + 1 || box.left < -1) && !scrolls(element) && !isForEars(element) && !element.closest('.skip')) {
        found.push(`beyond the edge: ${name(element)} "${text(element)}"`);
      }
    }
    return [...new Set(found)].slice(0, 12);
  });
}

/// The words of the product, out of its own table of them: `[vi, en]`.
const WORDS = ['words', 'metrics', 'stages', 'events', 'scenes', 'screens', 'directives', 'alarms', 'shift', 'today', 'desks', 'since', 'compare', 'public', 'centre', 'lobby', 'editor', 'follow', 'keys', 'past'].flatMap((file) => {
  const text = readFileSync(path.resolve(`../app/src/text/${file}.rs`), 'utf8');
  return [...text.matchAll(/\bsay\(\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)",?\s*\)/g)].map(([, vi, en]) => [vi, en]);
});

/// Words of the other language on a page, wherever a reader or a screen reader meets them.
export async function untranslated(tab, lang) {
  const [own, other] = lang === 'vi' ? [0, 1] : [1, 0];
  const ours = new Set(WORDS.map((pair) => pair[own]));
  const theirs = WORDS.map((pair) => pair[other]).filter((word) => word.length > 2 && !ours.has(word));
  if (theirs.length < 100) throw new Error(`only ${theirs.length} words were found in app/src/text`);
  return tab.evaluate((words) => {
    const table = new Set(words);
    const said = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      // The switch names each language in itself.
      if (!parent.closest('script, style, [lang]:not(html), [data-from-city]')) said.push(node.data);
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
      if (!element.closest('[lang]:not(html), [data-from-city]')) {
        said.push(...['aria-label', 'title', 'placeholder', 'alt'].map((name) => element.getAttribute(name) ?? ''));
      }
    }
    return [...new Set(said.map((line) => line.trim()).filter((line) => table.has(line)))];
  }, theirs);
}

/// What moves on a page that was asked to keep still.
export function moving(tab) {
  return tab.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').map(({ effect }) => `moves: ${effect.target?.className ?? ''}`));
}

/// What can be used with a finger but is not reached by the Tab key, or does not show that it is.
export async function unreached(tab) {
  const many = await tab.evaluate(() => {
    document.activeElement?.blur();
    const usable = 'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"])';
    window.unreached = new Set([...document.querySelectorAll(usable)].filter((element) => {
      const isOneOfSeveral = element.type === 'radio';
      return !element.disabled && !isOneOfSeveral && element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }) && !element.closest('[inert]');
    }));
    window.unshown = [];
    return window.unreached.size;
  });
  for (let nth = 0; nth < many + 20; nth += 1) {
    await tab.keyboard.press('Tab');
    const left = await tab.evaluate(() => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const isShown = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
      if (window.unreached.delete(element) && !isShown && !element.closest('.maplibregl-map, .hexmap')) window.unshown.push(element);
      return window.unreached.size;
    });
    if (left === 0) break;
  }
  return tab.evaluate(() => {
    const name = (element) => `${element.tagName.toLowerCase()}.${element.className} "${element.textContent.trim().slice(0, 40)}"`;
    // A number in a list that moved on meanwhile is another element now.
    const left = [...window.unreached].filter((element) => element.isConnected);
    return [...left.map((element) => `not reached by keyboard: ${name(element)}`), ...window.unshown.map((element) => `focus is not seen: ${name(element)}`)].slice(0, 8);
  });
}
