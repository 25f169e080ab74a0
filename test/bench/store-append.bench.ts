// Cost of recording: appends of a busy host (50 applications, 200 hosts, 40 protocols a second), time and bytes on disk.
//   node test/dist/bench/store-append.bench.js [SECONDS]
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { flowEnded, intervalOf, seededRandom } from '../unit/store/store-fixtures.js';

const seconds = Number(process.argv[2] ?? 3600);
const dir = mkdtempSync(join(tmpdir(), 'kaipo-bench-'));
const startUs = 1_700_000_000_000_000;
let nowUs = startUs;
const store = openStore({ dir, clock: () => nowUs });
const random = seededRandom(1);
const times: number[] = [];
const cpu = process.cpuUsage();
for (let second = 0; second < seconds; second++) {
  nowUs = startUs + second * 1_000_000;
  const interval = intervalOf(nowUs, random, { apps: 50, hosts: 200, hostPool: 2000, protocols: 40 });
  const ended = Array.from({ length: 5 }, (_, index) => flowEnded(nowUs, random, index));
  const started = performance.now();
  await store.append({ intervals: [interval], ended });
  times.push(performance.now() - started);
}
const used = process.cpuUsage(cpu);
const { fileBytes, flowBytes } = store.info();
times.sort((left, right) => left - right);
const at = (share: number): string => (times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(2);
const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
process.stdout.write(
  `${seconds} appends: mean ${mean.toFixed(2)} ms, median ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}; ` +
    `cpu ${((used.user + used.system) / 1000 / seconds).toFixed(2)} ms an append (making the records included)\n` +
    `file ${(fileBytes / 1e6).toFixed(1)} MB, flows ${(flowBytes / 1e6).toFixed(2)} MB, ` +
    `${((statSync(join(dir, 'data.mdb')).size / seconds) * 3.6e-3).toFixed(2)} MB an hour\n`,
);
await store.close();
rmSync(dir, { recursive: true });
