// Makes the figures of one width. Be Vietnam Pro has no tabular figures of its own, and a running
// clock in figures of many widths dances. A TrueType glyph stands where its left side bearing says,
// so figures of one width need new entries in `hmtx` alone: the drawings stay as they are. The style
// sheets ask for these files for the ten digits only.
//
//   node app/js/figures.mjs public/fonts

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';

const FILES = new URL('../../node_modules/@fontsource/be-vietnam-pro/files/', import.meta.url);
const WEIGHTS = [400, 500, 600, 700];
/** The width of every figure, in thousandths of the type size: near the mean of the drawn ones. */
const WIDTH = 655;

/** The tables of a WOFF 1.0 file in the order of its directory (W3C WOFF File Format 1.0). */
function tablesOf(bytes) {
  return Array.from({ length: bytes.readUInt16BE(12) }, (_, index) => {
    const entry = 44 + index * 20;
    const [offset, packed, length] = [4, 8, 12].map((at) => bytes.readUInt32BE(entry + at));
    const part = bytes.subarray(offset, offset + packed);
    return { tag: bytes.toString('latin1', entry, entry + 4), data: Buffer.from(packed < length ? inflateSync(part) : part) };
  });
}

/** The glyph of a character by a cmap subtable of format 4 (OpenType, cmap). */
function glyphOf(cmap, char) {
  for (let index = 0; index < cmap.readUInt16BE(2); index += 1) {
    const at = cmap.readUInt32BE(4 + index * 8 + 4);
    if (cmap.readUInt16BE(at) !== 4) continue;
    const count = cmap.readUInt16BE(at + 6) / 2;
    for (let segment = 0; segment < count; segment += 1) {
      const read = (array) => cmap.readUInt16BE(at + array + segment * 2);
      const [end, start, delta, range] = [14, 16 + count * 2, 16 + count * 4, 16 + count * 6].map(read);
      if (char < start || char > end) continue;
      const place = at + 16 + count * 6 + segment * 2 + range + (char - start) * 2;
      return ((range === 0 ? char : cmap.readUInt16BE(place)) + delta) & 0xffff;
    }
  }
  throw new Error(`no glyph for ${char}`);
}

function checksum(data) {
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) {
    const word = Buffer.alloc(4);
    data.copy(word, 0, at, Math.min(at + 4, data.length));
    sum = (sum + word.readUInt32BE()) >>> 0;
  }
  return sum;
}

function woff(tables, flavor) {
  const parts = tables.map(({ tag, data }) => {
    const packed = deflateSync(data, { level: 9 });
    return { tag, data, stored: packed.length < data.length ? packed : data };
  });
  const head = Buffer.alloc(44 + parts.length * 20);
  let offset = head.length;
  const bodies = parts.map(({ tag, data, stored }, index) => {
    const entry = 44 + index * 20;
    head.write(tag, entry, 'latin1');
    [offset, stored.length, data.length, checksum(data)].forEach((value, at) => head.writeUInt32BE(value, entry + 4 + at * 4));
    const padded = Buffer.alloc(Math.ceil(stored.length / 4) * 4);
    stored.copy(padded);
    offset += padded.length;
    return padded;
  });
  const plain = parts.reduce((sum, { data }) => sum + Math.ceil(data.length / 4) * 4, 12 + parts.length * 16);
  head.write('wOFF', 0, 'latin1');
  head.writeUInt32BE(flavor, 4);
  head.writeUInt32BE(offset, 8);
  head.writeUInt16BE(parts.length, 12);
  head.writeUInt32BE(plain, 16);
  head.writeUInt16BE(1, 20);
  return Buffer.concat([head, ...bodies]);
}

const folder = process.argv[2] ?? 'public/fonts';
mkdirSync(folder, { recursive: true });
for (const weight of WEIGHTS) {
  const bytes = readFileSync(new URL(`be-vietnam-pro-latin-${weight}-normal.woff`, FILES));
  const tables = tablesOf(bytes);
  const table = (tag) => tables.find((found) => found.tag === tag).data;
  const [cmap, hmtx] = [table('cmap'), table('hmtx')];
  const width = Math.round((WIDTH * table('head').readUInt16BE(18)) / 1000);
  for (let char = 0x30; char <= 0x39; char += 1) {
    const at = glyphOf(cmap, char) * 4;
    const shift = Math.round((width - hmtx.readUInt16BE(at)) / 2);
    hmtx.writeUInt16BE(width, at);
    hmtx.writeInt16BE(hmtx.readInt16BE(at + 2) + shift, at + 2);
  }
  // Kerning and other substitutions would undo the width.
  const kept = tables.filter(({ tag }) => !['GPOS', 'GSUB', 'kern', 'DSIG'].includes(tag));
  writeFileSync(join(folder, `be-vietnam-figures-${weight}.woff`), woff(kept, bytes.readUInt32BE(4)));
}
