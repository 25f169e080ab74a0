// Cost of recording: appends of a busy host (50 applications, 200 hosts, 40 protocols an interval) in batches, rows a second and
// bytes on disk. A row is one series in one interval.
//   node test/dist/bench/store-append.bench.js [INTERVALS] [BATCH] [SECONDS_AN_INTERVAL]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { flowEnded, intervalOf, seededRandom } from '../unit/store/store-fixtures.js';

const count = Number(process.argv[2] ?? 3600);
const batchOf = Number(process.argv[3] ?? 30);
const lengthUs = Number(process.argv[4] ?? 1) * 1_000_000;
/** Made once and dated anew: the cost of making records is not what is measured. */
const POOL = 600;
const dir = mkdtempSync(join(tmpdir(), 'kaipo-bench-'));
const startUs = 1_700_000_000_000_000;
let nowUs = startUs;
const store = openStore({ dir, clock: () => nowUs });
const random = seededRandom(1);
const shape = { apps: 50, hosts: 200, hostPool: 2000, protocols: 40, lengthUs };
const pool = Array.from({ length: POOL }, () => intervalOf(startUs, random, shape));
const rowsOf = ({ interfaces, apps, protocols, hosts, unknown }: IntervalRecord): number =>
  interfaces.length + apps.length + protocols.length + hosts.length + unknown.length;

const times: number[] = [];
let rows = 0;
let cpuUs = 0;
for (let made = 0; made < count; made += batchOf) {
  const intervals = Array.from({ length: Math.min(batchOf, count - made) }, (_, index) => {
    const atUs = startUs + (made + index) * lengthUs;
    return { ...pool[(made + index) % POOL]!, startUs: atUs, endUs: atUs + lengthUs };
  });
  nowUs = intervals.at(-1)!.endUs;
  const ended = Array.from({ length: 5 * intervals.length }, (_, index) => flowEnded(nowUs, random, index));
  for (const interval of intervals) rows += rowsOf(interval);
  const cpu = process.cpuUsage();
  const started = performance.now();
  await store.append({ intervals, ended });
  times.push(performance.now() - started);
  const used = process.cpuUsage(cpu);
  cpuUs += used.user + used.system;
}
const { fileBytes, flowBytes } = store.info();
const total = times.reduce((sum, time) => sum + time, 0);
times.sort((left, right) => left - right);
const at = (share: number): string => (times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(1);
const rate = (perSecond: number): string => Math.round(perSecond).toLocaleString('en');
process.stdout.write(
  `${count} intervals in ${times.length} appends, ${rows} rows: ${rate((rows / total) * 1000)} rows/s, ` +
    `${rate((rows / cpuUs) * 1e6)} rows a second of CPU\n` +
    `an append: median ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms\n` +
    `file ${(fileBytes / 1e6).toFixed(1)} MB, of it flows ${(flowBytes / 1e6).toFixed(2)} MB\n`,
);
await store.close();
rmSync(dir, { recursive: true });
