// A fresh process that asks one question of a store, or all: how long the first answer takes, how long the next ones, and how
// much memory it took. Prints one JSON object.
//   node store-year-reader-main.js DIR START_US END_US QUESTION|-1
import { readFileSync } from 'node:fs';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { periodsOf, QUESTIONS } from './store-year-questions.js';

const WARM_ROUNDS = 15;

/** Kilobytes of a line of /proc/self/status (proc_pid_status(5)); 0 where there is none. */
function statusKb(field: string): number {
  try {
    return Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

export interface ReaderAnswer {
  readonly openMs: number;
  readonly coldMs: number;
  /** Processor time of the first answer: what a machine that does other things too cannot make longer. */
  readonly coldCpuMs: number;
  readonly warmMs: number;
  readonly bytes: number;
  /** Before the store was opened, and the most that was seen afterwards. */
  readonly baseAnonKb: number;
  readonly anonKb: number;
  readonly peakRssKb: number;
}

const [dir = '.', startUs, endUs, which] = process.argv.slice(2);
const periods = periodsOf(Number(startUs), Number(endUs));
const baseAnonKb = statusKb('RssAnon');
const opening = performance.now();
const store = openStore({ dir, readOnly: true });
store.info();
const openMs = performance.now() - opening;
const asked = Number(which) < 0 ? QUESTIONS : [QUESTIONS[Number(which)]!];
let coldMs = 0;
let coldCpuMs = 0;
let bytes = 0;
let anonKb = 0;
for (const { ask } of asked) {
  const started = performance.now();
  const cpu = process.cpuUsage();
  bytes = ask(store, periods);
  coldMs += performance.now() - started;
  const used = process.cpuUsage(cpu);
  coldCpuMs += (used.user + used.system) / 1000;
  anonKb = Math.max(anonKb, statusKb('RssAnon'));
}
const times: number[] = [];
for (let round = 0; round < (asked.length === 1 ? WARM_ROUNDS : 0); round++) {
  const started = performance.now();
  asked[0]!.ask(store, periods);
  times.push(performance.now() - started);
  anonKb = Math.max(anonKb, statusKb('RssAnon'));
}
times.sort((left, right) => left - right);
const answer: ReaderAnswer = {
  openMs,
  coldMs,
  coldCpuMs,
  warmMs: times[Math.floor(times.length / 2)] ?? 0,
  bytes,
  baseAnonKb,
  anonKb,
  peakRssKb: statusKb('VmHWM'),
};
process.stdout.write(`${JSON.stringify(answer)}\n`);
await store.close();
