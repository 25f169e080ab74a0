// Makes core/dist/wire/mac-vendors.bin of the oui-data package: 54,000 blocks of addresses as sorted columns, names once each,
// without what follows them. Its layout is described in core/src/wire/mac-vendors.ts. Offline; takes a quarter of a second.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const MAGIC = 0x4b4d5631;
/** Blocks that are divided further, or whose owner is not told. */
const NOBODY = /^(IEEE Registration Authority|Private)$/;
const LEGAL_FORM =
  /[\s,.]+(inc|incorporated|corp|corporation|corporate|co|company|ltd|limited|llc|l\.l\.c|gmbh|ag|kg|sa|s\.a|s\.a\.s|sas|spa|s\.p\.a|srl|s\.r\.l|bv|b\.v|nv|n\.v|ab|as|a\/s|oy|oyj|pte|pty|plc|kk|k\.k|s\.r\.o|sp\. ?z ?o\.?o|sdn|bhd|pvt|private)\.?$/i;

/** "Apple, Inc." as "Apple", "HUAWEI TECHNOLOGIES CO.,LTD" as "HUAWEI TECHNOLOGIES". */
export function shortVendor(entry) {
  let name = entry
    .split('\n')[0]
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  for (;;) {
    const shorter = name.replace(LEGAL_FORM, '').replace(/[\s,;&.]+$/, '');
    if (shorter === name || shorter.length < 2) return name;
    name = shorter;
  }
}

/** @param {Record<string, string>} registry 6, 7 or 9 hexadecimal digits to what the registry says. */
export function macVendorsFile(registry) {
  const blocks = { 6: [], 7: [], 9: [] };
  const numbers = new Map();
  for (const [digits, entry] of Object.entries(registry)) {
    const name = shortVendor(entry);
    if (name === '' || NOBODY.test(name)) continue;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    blocks[digits.length]?.push([Number.parseInt(digits, 16), number]);
  }
  for (const list of Object.values(blocks)) list.sort((a, b) => a[0] - b[0]);
  const names = [...numbers.keys()].map((name) => Buffer.from(name, 'utf8'));
  if (names.length > 0xffff) throw new Error(`${names.length} vendors do not fit into 16 bits`);
  const text = Buffer.concat(names);
  const offsets = new Uint32Array(names.length + 1);
  for (let at = 0; at < names.length; at++) offsets[at + 1] = offsets[at] + names[at].length;
  const ordered = [...blocks[6], ...blocks[7], ...blocks[9]];
  const bytes = (column) => Buffer.from(column.buffer, column.byteOffset, column.byteLength);
  return Buffer.concat([
    bytes(Uint32Array.of(MAGIC, blocks[6].length, blocks[7].length, blocks[9].length, names.length, text.length)),
    bytes(Float64Array.from(blocks[9], ([block]) => block)),
    bytes(Uint32Array.from(blocks[6], ([block]) => block)),
    bytes(Uint32Array.from(blocks[7], ([block]) => block)),
    bytes(offsets),
    bytes(Uint16Array.from(ordered, ([, name]) => name)),
    text,
  ]);
}

/** Writes the file; true when it was made. oui-data belongs to the plugins' development. */
export function makeMacVendors() {
  const registry = createRequire(join(root, 'plugins', 'package.json'))('oui-data');
  const folder = join(root, 'core', 'dist', 'wire');
  const file = join(folder, 'mac-vendors.bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, macVendorsFile(registry));
  renameSync(`${file}.new`, file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) makeMacVendors();
