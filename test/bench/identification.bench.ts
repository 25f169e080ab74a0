// `npm run bench:identification [CAPTURE]`: what full identification costs beside decode and flow table alone, on one capture, in turns,
// CPU time. Without a capture: the conversations of all plugins, many times over. Exit 1 when the ratio is above 2.
import { readFileSync } from 'node:fs';
import type { EventKind, KaipoPlugin } from '@kaipo/core/api/index.js';
import { decodeBatch } from '@kaipo/core/decode/decode-batch.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { Tally } from '@kaipo/core/engine/tally.js';
import { FlowTable } from '@kaipo/core/flow/flow-table.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import type { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { builtinPlugins } from '@kaipo/plugins/all.js';
import { conversationMix } from '../fixtures/conversation-mix.js';

const ROUNDS = 7;
const MAX_RATIO = 2;
const MAX_FLOWS = 1_048_576;
const PIECE_BYTES = 1 << 20;

const path = process.argv[2];
const capture = path === undefined ? conversationMix(400_000) : readFileSync(path);

function read(onBatch: (batch: FrameBatch) => void): void {
  const reader = new CaptureReader(onBatch);
  for (let at = 0; at < capture.length; at += PIECE_BYTES) reader.push(capture.subarray(at, at + PIECE_BYTES));
  reader.end();
}

let packets = 0;
function flowsAlone(): void {
  const flows = new FlowTable({ capacity: MAX_FLOWS });
  const tally = new Tally();
  read((batch) => {
    decodeBatch(batch);
    flows.touchBatch(batch);
    tally.add(batch);
    flows.clearEnded();
    if (batch.length > 0) flows.advance(batch.tsUs[batch.length - 1]!);
    flows.clearEnded();
  });
  packets = tally.packets;
}

/** What each protocol was asked in the last run. */
let last: Engine | undefined;
function engine(plugins: readonly KaipoPlugin[], wants: readonly EventKind[] | 'all'): () => void {
  return () => {
    const made = new Engine({ plugins, maxFlows: MAX_FLOWS });
    made.bus.subscribe({ name: 'bench', wants, capacity: 4096, whenFull: 'flush', deliver: () => undefined });
    read((batch) => made.process(batch));
    last = made;
  };
}

/** Every flow is named, with all that is known of it; nobody takes records. */
const identification = engine(builtinPlugins, ['device.seen']);
/** And every event and the record of every flow that ends is made and delivered. */
const records = engine(builtinPlugins, 'all');
const bare = engine([], 'all');

function cpuNs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / packets;
}

const rows = [
  { name: 'decode + flow table', work: flowsAlone },
  { name: 'engine without plugins, with records', work: bare },
  { name: 'full identification', work: identification },
  { name: 'full identification, with records', work: records },
].map((row) => ({ ...row, rounds: [] as number[] }));
for (const { work } of rows) work();
for (let round = 0; round < ROUNDS; round++) for (const { work, rounds } of rows) rounds.push(cpuNs(work));
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const costs = rows.map(({ rounds }) => median(rounds));
const ratio = costs[2]! / costs[0]!;
process.stdout.write(`${packets.toLocaleString('en')} packets, median of ${ROUNDS} rounds, CPU\n`);
for (const [index, { name }] of rows.entries()) {
  const cost = costs[index]!;
  const times = (cost / costs[0]!).toFixed(2);
  process.stdout.write(`${name.padEnd(38)}${cost.toFixed(0).padStart(6)} ns a packet  x ${times}\n`);
}
process.stdout.write(`ratio ${ratio.toFixed(2)} (at most ${MAX_RATIO})\n`);
if (last !== undefined) {
  const { asked, matched, specs } = last.protocols;
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  process.stdout.write(
    `${specs.length} protocols, ${sum(asked)} questions, ${sum(matched)} matches, ${last.flows.created} flows\n`,
  );
}
process.exitCode = ratio <= MAX_RATIO ? 0 : 1;
