// Captures read by one thread or by two: the same events in the same order, the same sums, the same errors.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { definePlugin, type KaipoPlugin } from '@kaipo/core/api/index.js';
import type { CaptureRun } from '@kaipo/core/engine/capture-run/capture-run.js';
import { InlineRun, type InlineRunOptions } from '@kaipo/core/engine/capture-run/inline-run.js';
import { PipedRun, startIntake } from '@kaipo/core/engine/capture-run/piped-run.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { wholeFile } from '../../fixtures/conversation-mix.js';
import { ethernetIp } from '../../fixtures/link-layers.js';
import { timed } from '../../fixtures/packet-list.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';
import { ACK, type End, FIN, SYN, tcp, udp } from '../../fixtures/transport-layers.js';

const CASES = join(import.meta.dirname, '../../../../pcaps');
const folder = mkdtempSync(join(tmpdir(), 'kaipo-run-'));
after(() => rmSync(folder, { recursive: true }));

const inlineRun = (options: InlineRunOptions): CaptureRun => new InlineRun(options);
const pipedRun = (options: InlineRunOptions): CaptureRun =>
  new PipedRun({ ...options, intake: startIntake(options.maxFlows) });
const sharingRun = (options: InlineRunOptions): CaptureRun =>
  new PipedRun({ ...options, intake: startIntake(options.maxFlows, { leavesHealth: true }) });
/** Takes ten milliseconds for each batch, so that reading is far ahead of it; tells of the tenth. */
const slow = (onTenth: () => void): KaipoPlugin => {
  let batches = 0;
  return definePlugin({
    name: 'slow',
    apiVersion: 1,
    description: 'a slow one',
    parseConfig: () => undefined,
    register: ({ analyzer }) =>
      void analyzer({
        name: 'slow',
        interest: { packets: 'payload', transport: 'udp' },
        onPackets: () => {
          for (const startMs = performance.now(); performance.now() - startMs < 10; );
          batches += 1;
          if (batches === 10) onTenth();
        },
      }),
  });
};

const WAYS = { inline: inlineRun, piped: pipedRun, 'piped, health here': sharingRun };
const FLAGS = [SYN, SYN | ACK, FIN | ACK, ACK];

interface Outcome {
  readonly events: readonly string[];
  readonly failures: readonly (string | undefined)[];
  readonly created: number;
  readonly evicted: number;
  /** An upper bound that follows the seed of the table: not compared. */
  readonly refused: number;
  readonly sums: { readonly packets: number };
}

async function outcome(run: CaptureRun, files: readonly string[]): Promise<Outcome> {
  const events: string[] = [];
  run.analysis.bus.subscribe({
    name: 'test',
    wants: 'all',
    capacity: 64,
    whenFull: 'flush',
    deliver: (batch) => {
      for (const event of batch) events.push(JSON.stringify(event));
    },
  });
  const failures: (string | undefined)[] = [];
  try {
    for (const file of files) failures.push((await run.read(file, {})).failure?.message);
    const { tally, flows } = await run.finish();
    const { packets, bytes, otherPackets, firstTsUs, lastTsUs, decodedPackets } = tally;
    const sums = { packets, bytes, otherPackets, firstTsUs, lastTsUs, decodedPackets };
    return { events, failures, sums, created: flows.created, evicted: flows.evicted, refused: flows.refused };
  } finally {
    await run.close();
  }
}

/** Flows that end, come back with their ends exchanged, and are more than the table holds. */
function busyCapture(packets: number): string {
  const random = seededRandom(7);
  const frames = Array.from({ length: packets }, () => {
    const outside: End = { ip: '10.0.0.1', port: 2000 + below(random, 3000) };
    const server: End = { ip: '10.0.0.2', port: 1500 };
    const [from, to] = below(random, 3) === 0 ? [server, outside] : [outside, server];
    if (below(random, 4) === 0) return ethernetIp(udp(from, to, Uint8Array.of(1, 2, 3)));
    return ethernetIp(tcp(from, to, { flags: FLAGS[below(random, FLAGS.length)]! }));
  });
  const path = join(folder, `busy-${packets}.pcap`);
  writeFileSync(path, wholeFile(timed(frames, 60_000)));
  return path;
}

describe('a capture run', () => {
  it('gives the same events in the same order with one thread and with two', async () => {
    const files = readdirSync(CASES)
      .sort()
      .map((name) => join(CASES, name, 'input.pcap'));
    const options = { plugins: builtinPlugins, maxFlows: 10_000 };
    const inline = await outcome(inlineRun(options), files);
    assert.ok(inline.events.length > 500);
    for (const run of [pipedRun, sharingRun])
      assert.deepEqual({ ...(await outcome(run(options), files)), refused: 0 }, { ...inline, refused: 0 });
  });

  it('gives flows the same rows, also where the table is full and packets change who is client', async () => {
    const files = [busyCapture(100_000)];
    const options = { plugins: [], maxFlows: 1000 };
    const inline = await outcome(inlineRun(options), files);
    assert.ok(inline.refused > 0);
    assert.ok(inline.created > 1500, `${inline.created} flows`);
    for (const run of [pipedRun, sharingRun])
      assert.deepEqual({ ...(await outcome(run(options), files)), refused: 0 }, { ...inline, refused: 0 });
  });

  for (const [name, makeRun] of Object.entries(WAYS)) {
    it(`${name}: goes on after inputs that cannot be read, and says what is wrong with each`, async () => {
      const noCapture = join(folder, 'text.pcap');
      writeFileSync(noCapture, 'this is no capture');
      const missing = join(folder, 'missing.pcap');
      const good = busyCapture(100);
      const { failures, sums } = await outcome(makeRun({ plugins: [], maxFlows: 100 }), [
        missing,
        noCapture,
        folder,
        good,
      ]);
      assert.equal(failures[0], `${missing}: no such file`);
      assert.match(failures[1]!, /text\.pcap: not a pcap or pcapng capture/);
      assert.match(failures[2]!, /is a directory/);
      assert.equal(failures[3], undefined);
      assert.equal(sums.packets, 100);
    });

    it(`${name}: what a listener throws ends the run`, async () => {
      const run = makeRun({ plugins: [], maxFlows: 1000 });
      run.analysis.bus.subscribe({
        name: 'broken',
        wants: ['flow.ended'],
        capacity: 1,
        whenFull: 'flush',
        deliver: () => {
          throw new Error('the output is gone');
        },
      });
      const reading = async (): Promise<unknown> => {
        await run.read(busyCapture(50_000), {});
        return await run.finish();
      };
      await assert.rejects(reading(), /the output is gone/);
      await run.close();
    });

    it(`${name}: stops where it is told to, with what was read so far`, async () => {
      const abort = new AbortController();
      // Like a signal: not from what reading calls, but when the event loop comes round.
      const soon = slow(() => setTimeout(() => abort.abort(), 1));
      const run = makeRun({ plugins: [soon], maxFlows: 1000 });
      await run.read(busyCapture(200_000), { signal: abort.signal });
      const { tally } = await run.finish();
      await run.close();
      assert.ok(tally.packets < 200_000, `${tally.packets} packets`);
    });
  }
});
