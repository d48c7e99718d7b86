// Writes the table of advances of the served typeface: how far each character moves the pen, in
// thousandths of the type size. Charts are laid out by it, on the server and in the browser alike.
//
//   node app/js/advances.mjs > app/src/chart/advances.csv

import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

const FILES = new URL('../../node_modules/@fontsource/be-vietnam-pro/files/', import.meta.url);
const SUBSETS = ['latin', 'vietnamese'];
const WEIGHT = 400;

/** The tables of a WOFF 1.0 file by their tags (W3C WOFF File Format 1.0, sections 3 to 5). */
function tablesOf(bytes) {
  const tables = new Map();
  for (let index = 0; index < bytes.readUInt16BE(12); index += 1) {
    const entry = 44 + index * 20;
    const tag = bytes.toString('latin1', entry, entry + 4);
    const [offset, packed, length] = [4, 8, 12].map((at) => bytes.readUInt32BE(entry + at));
    const part = bytes.subarray(offset, offset + packed);
    tables.set(tag, packed < length ? inflateSync(part) : part);
  }
  return tables;
}

/** Pairs of character and glyph of a cmap subtable of format 4 (OpenType, cmap). */
function* glyphsOf(cmap) {
  for (let index = 0; index < cmap.readUInt16BE(2); index += 1) {
    const at = cmap.readUInt32BE(4 + index * 8 + 4);
    if (cmap.readUInt16BE(at) !== 4) continue;
    const count = cmap.readUInt16BE(at + 6) / 2;
    const [ends, starts, deltas, ranges] = [14, 16 + count * 2, 16 + count * 4, 16 + count * 6].map((x) => at + x);
    for (let segment = 0; segment < count; segment += 1) {
      const [end, start, delta, range] = [ends, starts, deltas, ranges].map((x) => cmap.readUInt16BE(x + segment * 2));
      for (let char = start; char <= end && char < 0xffff; char += 1) {
        const place = ranges + segment * 2 + range + (char - start) * 2;
        const raw = range === 0 ? char : cmap.readUInt16BE(place);
        const glyph = range !== 0 && raw === 0 ? 0 : (raw + delta) & 0xffff;
        if (glyph !== 0) yield [char, glyph];
      }
    }
    return;
  }
}

const advances = new Map();
for (const subset of SUBSETS) {
  const tables = tablesOf(readFileSync(new URL(`be-vietnam-pro-${subset}-${WEIGHT}-normal.woff`, FILES)));
  const unitsPerEm = tables.get('head').readUInt16BE(18);
  const metrics = tables.get('hhea').readUInt16BE(34);
  const hmtx = tables.get('hmtx');
  for (const [char, glyph] of glyphsOf(tables.get('cmap'))) {
    const advance = hmtx.readUInt16BE(Math.min(glyph, metrics - 1) * 4);
    if (!advances.has(char)) advances.set(char, Math.round((advance * 1000) / unitsPerEm));
  }
}
const lines = [...advances].sort(([a], [b]) => a - b).map(([char, advance]) => `${char.toString(16)},${advance}`);
process.stdout.write(
  `# Be Vietnam Pro ${WEIGHT}, subsets ${SUBSETS.join(' and ')}, of @fontsource/be-vietnam-pro 5.3.0 (SIL OFL 1.1).\n` +
    `# Made by app/js/advances.mjs: code point in hexadecimal, advance in thousandths of the type size; ascending.\n` +
    `${lines.join('\n')}\n`,
);
