// How old a packet is when the tick that counts it has been printed, from the wire to the reader of `kaipo live`, in a namespace of its
// own. Root, tcpreplay.   npm run bench:latency -- [10k,50k,…] [SECONDS]
// The wire is the kernel's counter of the interface, sampled with its time; a tick tells how many packets it has delivered: the n-th
// packet came when the counter passed n, and is told when the tick that reaches n is read.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { syntheticFrames } from '../fixtures/synthetic-traffic.js';
import { notBuilt } from '../helper/native-helper.js';
import { notRoot, Wires } from '../helper/netns.js';

const RATES = ['10k', '50k', '100k'];
const FRAMES = 50_000;
const INTERVAL_MS = 1000;
/** How exact the moment a packet arrived is known. */
const SAMPLE_MS = 5;
/** Prints the time and the packets of a0 since it began, until its input ends. */
const SAMPLER = `
import { readFileSync } from 'node:fs';
const packets = () => {
  const [, values] = readFileSync('/proc/net/dev', 'utf8').split('a0:');
  const columns = values.trim().split(/\\s+/);
  return Number(columns[1]) + Number(columns[9]);
};
const before = packets();
let last = -1;
setInterval(() => {
  const now = packets() - before;
  if (now !== last) console.log(Number(process.hrtime.bigint()) / 1e6, now);
  last = now;
}, ${SAMPLE_MS});
process.stdin.on('end', () => process.exit()).resume();
`;
const KAIPO = new URL('../../../cli/bin/kaipo.js', import.meta.url).pathname;

interface Sample {
  readonly atMs: number;
  readonly packets: number;
}

type TickCapture = Record<'delivered' | 'droppedByKernel' | 'droppedByHelper', number>;

const reason = notRoot || notBuilt;
if (reason !== false) {
  process.stderr.write(`bench:latency: ${reason}\n`);
  process.exit(77);
}
const [rates = RATES.join(','), seconds = '15'] = process.argv.slice(2);
const frames = syntheticFrames({ rows: FRAMES, flows: 10_000, payloadBytes: 600 });
const wires = new Wires(1);
const COLUMNS = ['packets', 'lost', 'p50 ms', 'p90 ms', 'p99 ms', 'most ms', 'p99/tick'];
process.stdout.write(`${['rate', ...COLUMNS].map((name) => name.padStart(10)).join('')}\n`);
try {
  for (const rate of rates.split(',')) await measure(rate, Number(seconds));
  process.stdout.write(`from the wire to the printed tick; one tick is ${INTERVAL_MS} ms\n`);
} finally {
  wires.close();
}

async function measure(rate: string, forS: number): Promise<void> {
  const told: Sample[] = [];
  const inTheNamespace = ['netns', 'exec', wires.near, process.execPath];
  const live = spawn('ip', [...inTheNamespace, KAIPO, 'live', '-i', 'a0', '--format', 'ndjson'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let delivered = 0;
  let lost = 0;
  createInterface({ input: live.stdout }).on('line', (line) => {
    const { capture } = JSON.parse(line) as { capture?: Partial<TickCapture> };
    delivered += capture?.delivered ?? 0;
    lost += (capture?.droppedByKernel ?? 0) + (capture?.droppedByHelper ?? 0);
    told.push({ atMs: monotonicMs(), packets: delivered + lost });
  });
  while (told.length < 2) await wait(SAMPLE_MS);
  // What the counter says is read inside the namespace: the file shows the interfaces of its reader.
  const sampler = spawn('ip', [...inTheNamespace, '--input-type=module', '-e', SAMPLER], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const came: Sample[] = [];
  createInterface({ input: sampler.stdout }).on('line', (line) => {
    const [atMs, packets] = line.split(' ').map(Number);
    came.push({ atMs: atMs!, packets: packets! });
  });
  while (came.length === 0) await wait(SAMPLE_MS);
  const pps = Number.parseFloat(rate) * 1000;
  await wires.replay(0, frames, pps, Math.max(1, Math.round((pps * forS) / FRAMES)));
  const ticks = told.length;
  while (told.length < ticks + 3) await wait(SAMPLE_MS);
  sampler.stdin.end();
  live.kill('SIGINT');
  await Promise.all([once(live, 'close'), once(sampler, 'close')]);
  const ages = agesOf(told, came);
  const at = (share: number) => ages[Math.min(ages.length - 1, Math.floor(ages.length * share))] ?? Number.NaN;
  const row = [
    String(told.at(-1)!.packets),
    String(lost),
    ...[at(0.5), at(0.9), at(0.99), at(1)].map((ms) => ms.toFixed(0)),
    (at(0.99) / INTERVAL_MS).toFixed(2),
  ];
  process.stdout.write(`${[rate, ...row].map((value) => value.padStart(10)).join('')}\n`);
}

/** The kernel's clock that never steps, the same in every process. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Milliseconds from the wire to the tick, one for every hundredth packet, ascending. */
function agesOf(told: readonly Sample[], came: readonly Sample[]): number[] {
  const ages: number[] = [];
  let sample = 0;
  let tick = 0;
  for (let packet = 1; packet <= told.at(-1)!.packets; packet += 100) {
    while (tick < told.length && told[tick]!.packets < packet) tick++;
    while (sample < came.length && came[sample]!.packets < packet) sample++;
    if (tick >= told.length || sample >= came.length) continue;
    ages.push(told[tick]!.atMs - came[sample]!.atMs);
  }
  return ages.sort((a, b) => a - b);
}
