// Damaged captures in pieces of any size: the reader never throws, never hands out a row outside its arena, ends, and says the same
// however the bytes were cut. KAIPO_FUZZ_RUNS makes it longer.
import assert from 'node:assert/strict';
import test from 'node:test';
import { CaptureReader, type CaptureReaderOptions } from '@kaipo/core/frame/capture-reader.js';
import { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import fc from 'fast-check';
import { START_NS, timed } from '../fixtures/packet-list.js';
import { PCAP_CASES } from '../fixtures/pcap-cases.js';
import { pcapFile } from '../fixtures/pcap-writer.js';
import { PcapngWriter } from '../fixtures/pcapng-writer.js';
import { below, randomBytes, seededRandom } from '../fixtures/seeded-random.js';
import { damaged } from './damage.js';

const RUNS = Number(process.env['KAIPO_FUZZ_RUNS'] ?? 1500);
const SEED = 20_260_101;

interface Reading {
  readonly rows: readonly string[];
  readonly failure: string;
  readonly callbacks: readonly string[];
}

/** Reads `bytes` in pieces that end at `cuts`. */
function readIn(bytes: Uint8Array, cuts: readonly number[], options: CaptureReaderOptions): Reading {
  const rows: string[] = [];
  const callbacks: string[] = [];
  const reader = new CaptureReader(
    (batch) => {
      assert.ok(batch.length > 0 && batch.length <= batch.capacity);
      for (let row = 0; row < batch.length; row++) {
        const start = batch.frameStart[row]!;
        const capLen = batch.capLen[row]!;
        assert.ok(start + capLen <= batch.bytes.length, 'a row inside the arena');
        assert.ok(batch.interfaceId[row]! < reader.interfaces.length, 'of an interface that is known');
        let hash = 0;
        for (let at = start; at < start + capLen; at++) hash = (Math.imul(hash, 31) + batch.bytes[at]!) | 0;
        rows.push(
          `${batch.tsUs[row]} ${capLen} ${batch.wireLen[row]} ${batch.linkType[row]} ${batch.interfaceId[row]} ${batch.direction[row]} ${hash}`,
        );
      }
    },
    {
      ...options,
      onSection: () => callbacks.push('section'),
      onInterface: (id, info) => callbacks.push(`interface ${id} ${JSON.stringify(info)}`),
      onStatistics: (statistics) => callbacks.push(`statistics ${JSON.stringify(statistics)}`),
      onCustom: (_view, at, end) => callbacks.push(`custom ${end - at}`),
    },
  );
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    if (!reader.push(bytes.subarray(from, cut))) break;
    from = cut;
  }
  reader.end();
  return { rows, failure: reader.failure?.message ?? '', callbacks };
}

/** Records or blocks of a small capture, file header first. */
function captureParts(seed: number): Uint8Array[] {
  const random = seededRandom(seed);
  const packets = timed(Array.from({ length: 1 + below(random, 12) }, () => randomBytes(random, below(random, 120))));
  if (below(random, 2) === 0) {
    const options = { isBigEndian: below(random, 2) === 0, isNanosecond: below(random, 2) === 0 };
    const whole = pcapFile(packets, options);
    const parts = [whole.slice(0, 24)];
    let at = 24;
    for (const { bytes } of packets) {
      parts.push(whole.slice(at, at + 16 + bytes.length));
      at += 16 + bytes.length;
    }
    return parts;
  }
  const writer = new PcapngWriter(below(random, 4) === 0);
  return [
    writer.section([{ code: 1, value: randomBytes(random, below(random, 20)) }]),
    writer.interface({ name: 'eth0', timeResolution: below(random, 256), snaplen: below(random, 200) }),
    ...packets.map((packet) => writer.packet({ ...packet, direction: below(random, 4) })),
    writer.simplePacket(randomBytes(random, 60)),
    writer.statistics(
      0,
      new Map([
        [4, 9n],
        [7, BigInt(below(random, 1000))],
      ]),
    ),
    writer.custom(32_473, randomBytes(random, below(random, 60))),
  ];
}

const cutsOf = (seed: number, length: number): number[] => {
  const random = seededRandom(seed);
  // Now and then byte by byte: every boundary is a cut.
  if (below(random, 10) === 0) return Array.from({ length: Math.min(length, 600) }, (_, index) => index + 1);
  return Array.from({ length: below(random, 12) }, () => below(random, length + 1)).sort((a, b) => a - b);
};

test('damaged captures read the same however they are cut', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.boolean(), (seed, cutSeed, isStream) => {
      const bytes = damaged(captureParts(seed), seededRandom(seed ^ 0x5eed));
      const options = {
        batch: new FrameBatch(new Uint8Array(1 << 20)),
        ...(isStream ? { maxBlockBytes: 262_400 } : {}),
      };
      const whole = readIn(bytes, [], options);
      assert.deepEqual(readIn(bytes, cutsOf(cutSeed, bytes.length), options), whole);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

test('bytes that are no capture are refused or empty, never more', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(), (bytes, cutSeed) => {
      const whole = readIn(bytes, [], { batch: new FrameBatch(new Uint8Array(1 << 20)) });
      assert.deepEqual(
        readIn(bytes, cutsOf(cutSeed, bytes.length), { batch: new FrameBatch(new Uint8Array(1 << 20)) }),
        whole,
      );
      assert.notEqual(whole.failure, '');
    }),
    { numRuns: Math.ceil(RUNS / 3), seed: SEED },
  );
});

test('whole captures of pcaps/ read the same byte by byte', () => {
  for (const { name, file, bytes } of PCAP_CASES) {
    if (file.endsWith('.gz')) continue;
    const content = bytes();
    const each = Array.from({ length: content.length }, (_, index) => index + 1);
    assert.deepEqual(readIn(content, each, {}), readIn(content, [], {}), name);
  }
});

test('a capture larger than the arena reads whole, whatever the pieces', () => {
  const random = seededRandom(7);
  const sizes = Array.from({ length: 3000 }, () =>
    below(random, 50) === 0 ? below(random, 262_144) : below(random, 1500),
  );
  const content = pcapFile(
    sizes.map((size, index) => ({ timeNs: START_NS + BigInt(index), bytes: new Uint8Array(size).fill(index) })),
  );
  const whole = readIn(content, [], {});
  assert.equal(whole.rows.length, sizes.length);
  assert.equal(whole.failure, '');
  for (const size of [1000, 4096, 65_536, 1_000_003]) {
    const cuts = Array.from({ length: Math.floor(content.length / size) }, (_, index) => (index + 1) * size);
    assert.deepEqual(readIn(content, cuts, { batch: new FrameBatch(new Uint8Array(1 << 20)) }), whole);
  }
});
