// Our capture reader against the package pcap-parser, an independent implementation: record by record, time, lengths and bytes.
// Owns: both readings of a file, and what is known to be wrong with the oracle.
//   node test/dist/oracle/compare.js FOLDER...     prints a table; exit code 1 when a file differs
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { type PcapParserPacket, parse } from 'pcap-parser';

export interface CaptureRecord {
  readonly tsUs: number;
  readonly capLen: number;
  readonly wireLen: number;
  readonly bytes: Uint8Array;
}

export interface Comparison {
  readonly file: string;
  readonly verdict: 'agrees' | 'differs' | 'skipped';
  readonly records: number;
  /** Why it was skipped, or the first difference. */
  readonly reason: string;
}

/** Compares every capture below a folder, in the order of names. */
export async function compareFolder(folder: string): Promise<Comparison[]> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /cap/.test(entry.name) && !/\.(json|tsv|md|txt|py)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const results: Comparison[] = [];
  for (const file of files) results.push(await compareFile(file, relative(folder, file)));
  return results;
}

export async function compareFile(path: string, shown: string = path): Promise<Comparison> {
  const bytes = contentOf(path);
  const skip = (reason: string): Comparison => ({ file: shown, verdict: 'skipped', records: 0, reason });
  if (bytes === undefined) return skip('damaged gzip');
  const cannot = whyOracleCannot(bytes);
  if (cannot !== undefined) return skip(cannot);
  const ours = readOurs(bytes);
  const theirs = await readTheirs(bytes);
  const difference = firstDifference(ours, theirs);
  return difference === undefined
    ? { file: shown, verdict: 'agrees', records: ours.length, reason: '' }
    : { file: shown, verdict: 'differs', records: ours.length, reason: difference };
}

function contentOf(path: string): Buffer | undefined {
  const bytes = readFileSync(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    return undefined;
  }
}

/** What pcap-parser 0.2.1 does not read, or reads wrongly. */
function whyOracleCannot(bytes: Buffer): string | undefined {
  if (bytes.length < 24) return 'no whole file header';
  const magic = bytes.toString('hex', 0, 4);
  if (magic === '0a0d0d0a') return 'pcapng: pcap-parser reads classic pcap only';
  if (magic === 'a1b23c4d' || magic === '4d3cb2a1') return 'nanoseconds: pcap-parser does not know the magic number';
  if (magic !== 'a1b2c3d4' && magic !== 'd4c3b2a1') return `magic number ${magic}: pcap-parser does not know it`;
  const minor = magic === 'a1b2c3d4' ? bytes.readUInt16BE(6) : bytes.readUInt16LE(6);
  // It means to refuse these, but its test of the version says "and" where it means "or".
  if (minor < 4) return `pcap 2.${minor} has the two lengths the other way round: pcap-parser takes them for 2.4`;
  return undefined;
}

export function readOurs(bytes: Uint8Array): CaptureRecord[] {
  const records: CaptureRecord[] = [];
  const reader = new CaptureReader((batch) => {
    for (let row = 0; row < batch.length; row++) {
      const start = batch.frameStart[row]!;
      records.push({
        tsUs: batch.tsUs[row]!,
        capLen: batch.capLen[row]!,
        wireLen: batch.wireLen[row]!,
        bytes: batch.bytes.slice(start, start + batch.capLen[row]!),
      });
    }
  });
  reader.push(bytes);
  reader.end();
  return records;
}

/**
 * The whole file is one chunk, so the oracle never copies what it has buffered (it would copy all of it for each chunk). It has no
 * bound on a record and no word for a cut tail: it waits for bytes that do not come, and what it said before is compared.
 */
function readTheirs(bytes: Buffer): Promise<CaptureRecord[]> {
  return new Promise((resolve, reject) => {
    const records: CaptureRecord[] = [];
    const parser = parse(Readable.from([bytes]));
    parser.on('packet', ({ header, data }: PcapParserPacket) =>
      records.push({
        tsUs: header.timestampSeconds * 1e6 + header.timestampMicroseconds,
        capLen: header.capturedLength,
        wireLen: header.originalLength,
        bytes: data,
      }),
    );
    parser.on('error', reject);
    parser.on('end', () => resolve(records));
  });
}

function firstDifference(ours: readonly CaptureRecord[], theirs: readonly CaptureRecord[]): string | undefined {
  for (let index = 0; index < Math.min(ours.length, theirs.length); index++) {
    const [a, b] = [ours[index]!, theirs[index]!];
    for (const key of ['tsUs', 'capLen', 'wireLen'] as const) {
      if (a[key] !== b[key]) return `record ${index}: ${key} is ${a[key]} here and ${b[key]} there`;
    }
    if (Buffer.compare(a.bytes, b.bytes) !== 0) return `record ${index}: other bytes`;
  }
  return ours.length === theirs.length ? undefined : `${ours.length} records here and ${theirs.length} there`;
}

/** One line a file that differs, one line a reason to skip, and the sums. */
export function comparisonTable(results: readonly Comparison[]): string {
  const of = (verdict: Comparison['verdict']) => results.filter((result) => result.verdict === verdict);
  const reasons = new Map<string, number>();
  for (const { reason } of of('skipped')) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const records = of('agrees').reduce((sum, result) => sum + result.records, 0);
  return [
    ...of('differs').map(({ file, reason }) => `differs  ${file}: ${reason}`),
    ...[...reasons].map(([reason, count]) => `skipped  ${String(count).padStart(5)} files: ${reason}`),
    `agrees   ${String(of('agrees').length).padStart(5)} files, ${records} records`,
    `differs  ${String(of('differs').length).padStart(5)} files`,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const folder of process.argv.slice(2)) {
    const results = await compareFolder(folder);
    process.stdout.write(`${folder}\n${comparisonTable(results)}\n`);
    if (results.some(({ verdict }) => verdict === 'differs')) process.exitCode = 1;
  }
}
