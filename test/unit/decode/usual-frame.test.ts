// What is decoded without layers is decoded as the layers do it: the frames of all captures of the repository, and variants
// of each in which bytes were changed, or the end was cut.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { cursor } from '@kaipo/core/decode/cursor.js';
import { decodeByLayers } from '@kaipo/core/decode/decode-batch.js';
import { isTunnelPort } from '@kaipo/core/decode/udp-tunnels.js';
import { decodeUsual } from '@kaipo/core/decode/usual-frame.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { PCAPS } from '../../fixtures/pcap-case.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';

const COLUMNS = [
  'verdict',
  'marks',
  'etherType',
  'ipVersion',
  'ipProto',
  'srcAddr',
  'dstAddr',
  'fragmentId',
  'l4Start',
  'payloadStart',
  'payloadEnd',
  'srcPort',
  'dstPort',
  'tcpFlags',
  'tunnels',
] as const;
const rowOf = (batch: FrameBatch, row: number): Record<string, number> =>
  Object.fromEntries(COLUMNS.map((column) => [column, batch[column][row]!]));

const VARIANTS = 20;
/** Ends of the headers of the usual frames. */
const HEADER_BYTES = 80;

function compare(batch: FrameBatch, row: number): boolean {
  // What an earlier packet has left in a column is no answer.
  for (const column of COLUMNS) batch[column][row] = 0x5a;
  const isUsual = decodeUsual(batch, row);
  if (!isUsual) return false;
  const usual = rowOf(batch, row);
  for (const column of COLUMNS) batch[column][row] = 0xa5;
  cursor.bytes = batch.bytes;
  decodeByLayers(batch, row);
  assert.deepEqual(usual, rowOf(batch, row));
  return true;
}

test('frames of all captures and variants of them', () => {
  const random = seededRandom(7);
  let frames = 0;
  let usual = 0;
  for (const name of readdirSync(PCAPS)) {
    const file = join(PCAPS, name, 'input.pcap');
    if (!existsSync(file)) continue;
    const one = new FrameBatch(new Uint8Array(262_144), 1);
    one.length = 1;
    const reader = new CaptureReader((batch) => {
      for (let row = 0; row < Math.min(batch.length, 40); row++) {
        const [start, length] = [batch.frameStart[row]!, batch.capLen[row]!];
        for (let variant = 0; variant < VARIANTS; variant++) {
          one.bytes.set(batch.bytes.subarray(start, start + length));
          one.capLen[0] = length;
          one.wireLen[0] = batch.wireLen[row]!;
          one.linkType[0] = batch.linkType[row]!;
          if (variant > 0) vary(one, length);
          frames += 1;
          if (compare(one, 0)) usual += 1;
        }
      }
    });
    const vary = (batch: FrameBatch, length: number): void => {
      for (let changes = below(random, 3); changes >= 0; changes--) {
        const at = below(random, Math.max(1, Math.min(length, HEADER_BYTES)));
        batch.bytes[at] = below(random, 2) === 0 ? below(random, 256) : batch.bytes[at]! ^ (1 << below(random, 8));
      }
      if (below(random, 4) === 0) batch.capLen[0] = below(random, length + 1);
      if (below(random, 4) === 0) batch.wireLen[0] = batch.capLen[0]!;
    };
    reader.push(readFileSync(file));
  }
  assert.ok(usual > frames / 10 && usual < frames, `${usual} of ${frames} frames are usual ones`);
});

test('every port that leads into a tunnel is known', () => {
  for (const port of [1701, 2152, 3544, 4341, 4754, 4789, 4790, 5072, 5247, 6081, 6635, 8472, 37_008]) {
    assert.ok(isTunnelPort(port), String(port));
  }
  for (const port of [0, 53, 443, 1700, 1702, 5353, 8473, 37_007, 37_009, 65_535])
    assert.ok(!isTunnelPort(port), String(port));
});
