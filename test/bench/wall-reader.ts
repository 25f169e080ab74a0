// The analyzer's end of the wall in a process of its own, with an engine that does nothing: for `wall.bench.ts`. Prints "ready" once
// packets may come; at the end of its stdin it ends the capture in order and prints what it cost as one line of JSON.
import { readFileSync } from 'node:fs';
import { prepareCapture } from '@kaipo/capture-helper/launch/index.js';
import { addSums, CaptureIntake, NO_PACKETS } from '@kaipo/cli/live/capture-intake.js';

export interface WallCost {
  readonly received: number;
  readonly delivered: number;
  readonly dropped: number;
  /** CPU of the helper and of this process, and how often each was woken. */
  readonly helperUs: number;
  readonly readerUs: number;
  readonly helperWakes: number;
  readonly readerWakes: number;
  readonly batches: number;
  /** From the kernel's time stamp of the first packet of a batch to the batch: what the oldest packet waited. */
  readonly middleWaitMs: number;
  readonly longestWaitMs: number;
}

const MAX_WAITS = 1_000_000;
const prepared = await prepareCapture({ interfaces: [process.argv[2] ?? 'a0'], prefer: 'native', service: false });
let batches = 0;
const waitsMs: number[] = [];

const intake = new CaptureIntake({
  onBatch(batch) {
    batches += 1;
    if (waitsMs.length < MAX_WAITS) waitsMs.push(Date.now() - batch.tsUs[0]! / 1000);
  },
  onNotice: (severity, text) => void process.stderr.write(`${severity}: ${text}\n`),
  onEnd: () => undefined,
  onStreamEnd: () => undefined,
  events: {
    onFormat: () => undefined,
    onProcesses: () => undefined,
    onPage: () => undefined,
    onRound: () => undefined,
  },
});
const session = prepared.start(intake);
intake.session = session;
while (intake.privileges === undefined) await new Promise((resolve) => setTimeout(resolve, 5));

const helperPid = String(prepared.pid);
/** CPU in microseconds (schedstat counts ns), and waits that ended. */
function used(pid: string): { us: number; wakes: number } {
  const [ns] = readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ');
  const wakes = /^voluntary_ctxt_switches:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return { us: Number(ns) / 1000, wakes: Number(wakes) };
}
const helperBefore = used(helperPid);
const readerBefore = { us: cpuUs(), wakes: used('self').wakes };
function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

process.stdout.write('ready\n');
process.stdin.resume();
process.stdin.once('end', async () => {
  const helper = used(helperPid);
  const readerUs = cpuUs() - readerBefore.us;
  const readerWakes = used('self').wakes - readerBefore.wakes;
  await session.stop();
  const { received, delivered, droppedByKernel } = [...intake.sums().values()].reduce(addSums, NO_PACKETS);
  waitsMs.sort((a, b) => a - b);
  const cost: WallCost = {
    received,
    delivered,
    dropped: droppedByKernel,
    helperUs: helper.us - helperBefore.us,
    readerUs,
    helperWakes: helper.wakes - helperBefore.wakes,
    readerWakes,
    batches,
    middleWaitMs: waitsMs[waitsMs.length >> 1] ?? 0,
    longestWaitMs: waitsMs.at(-1) ?? 0,
  };
  process.stdout.write(`${JSON.stringify(cost)}\n`);
});
