// Every protocol with bytes that went wrong: it never throws, never loops, and what lies outside the bytes it was given changes
// nothing of what it answers. KAIPO_FUZZ_RUNS inputs a protocol; KAIPO_FUZZ_CAPTURES: a folder of captures to begin from;
// KAIPO_FUZZ_PROTOCOL: only these, separated by commas.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProtocolSpec } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { below, type Random, seededRandom } from '../fixtures/seeded-random.js';
import { mutated } from './mutated.js';
import { type Chunk, protocolRun } from './protocol-run.js';
import { protocolSeeds } from './protocol-seeds.js';

const RUNS = Number(process.env['KAIPO_FUZZ_RUNS'] ?? 400);
const ONLY = process.env['KAIPO_FUZZ_PROTOCOL']?.split(',');
/** A reader that needs longer for 20 KiB is in a loop, or as good as. Its own time, not what a busy machine makes of it. */
const LONGEST_MS = 500;

const registered = (): readonly ProtocolSpec[] => new Engine({ plugins: builtinPlugins, maxFlows: 16 }).protocols.specs;
const specs = registered();
/** The same once more: what a plugin remembers of other flows (STUN's products) is the same in both. */
const mirrored = registered();
const seeds = protocolSeeds(specs, process.env['KAIPO_FUZZ_CAPTURES']);

function chunksFor(list: readonly Uint8Array[], random: Random): Chunk[] {
  return Array.from({ length: below(random, 4) }, () => ({
    fromClient: below(random, 2) === 0,
    bytes: mutated(list, random),
    missing: below(random, 10) === 0 ? 1 + below(random, 5000) : 0,
  }));
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function fuzz(spec: ProtocolSpec): void {
  const random = seededRandom(spec.name.length * 7919 + spec.name.charCodeAt(0));
  const list = seeds.get(spec.name) ?? [];
  const mirror = mirrored[specs.indexOf(spec)]!;
  for (let run = 0; run < RUNS; run++) {
    // As often as not the opening is sound, so that the reader is reached.
    const opening =
      list.length > 0 && below(random, 2) === 0 ? list[below(random, list.length)]! : mutated(list, random);
    const chunks = chunksFor(list, random);
    const input = (): string =>
      [opening, ...chunks.map(({ bytes }) => bytes)].map((bytes) => Buffer.from(bytes).toString('hex')).join(' | ');
    const began = performance.now();
    let first: string;
    let second: string;
    const transport = spec.transports[run % spec.transports.length]!;
    try {
      first = protocolRun(spec, transport, opening, chunks, 0x00);
      second = protocolRun(mirror, transport, opening, chunks, 0xa5);
    } catch (error) {
      throw new Error(`${spec.name} threw ${(error as Error).stack} for ${input()}`);
    }
    // Asking for the time of the process costs more than most inputs do: only of what seems slow.
    if (performance.now() - began > LONGEST_MS) {
      const ownMs = cpuMs(() => protocolRun(spec, transport, opening, chunks, 0x00));
      assert.ok(ownMs < LONGEST_MS, `${spec.name} took ${ownMs} ms for ${input()}`);
    }
    if (first !== second) assert.equal(second, first, `${spec.name} reads outside: ${input()}`);
  }
}

describe(`${RUNS} inputs a protocol`, () => {
  for (const spec of specs) {
    if (ONLY !== undefined && !ONLY.includes(spec.name)) continue;
    it(`${spec.name}: bounded, and deaf to what lies outside`, () => fuzz(spec));
  }
});
