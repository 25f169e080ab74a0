// What encryption costs a reader: the same questions asked of a plain and an encrypted store of the same history, in turns.
//   node test/dist/bench/store-encryption.bench.js [SECONDS OF HISTORY] [--bound FACTOR]
// Ends with 1 when the encrypted store takes more than FACTOR times as long for any of them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { flowEnded, intervalOf, seededRandom } from '../unit/store/store-fixtures.js';

const args = process.argv.slice(2);
const boundAt = args.indexOf('--bound');
const bound = boundAt < 0 ? Number.POSITIVE_INFINITY : Number(args[boundAt + 1]);
const seconds = Number(args.find((arg, index) => /^\d+$/.test(arg) && index !== boundAt + 1) ?? 20_000);
const ROUNDS = 7;
const PER_APPEND = 30;
const START_US = 1_700_000_000_000_000;
const END_US = START_US + seconds * 1_000_000;
const dir = mkdtempSync(join(tmpdir(), 'kaipo-bench-'));
const key = '00'.repeat(32);

async function make(name: string, options: object): Promise<Store> {
  const store = openStore({
    dir: join(dir, name),
    clock: () => END_US,
    retentionS: [1e9, 1e9, 1e9, 1e9, 1e9],
    ...options,
  });
  const random = seededRandom(1);
  for (let second = 0; second < seconds; second += PER_APPEND) {
    const intervals = Array.from({ length: PER_APPEND }, (_, index) =>
      intervalOf(START_US + (second + index) * 1_000_000, random, {
        apps: 20,
        hosts: 60,
        hostPool: 1000,
        protocols: 15,
      }),
    );
    const ended = Array.from({ length: 100 }, (_, index) => flowEnded(START_US + second * 1_000_000, random, index));
    await store.append({ intervals, ended });
  }
  await store.close();
  return openStore({ dir: join(dir, name), readOnly: true, ...options });
}

const QUESTIONS: readonly (readonly [string, (store: Store) => void])[] = [
  ['totals by second', (store) => store.view((view) => view.readTotals(1, START_US, END_US, () => true))],
  ['totals by minute', (store) => store.view((view) => view.readTotals(60, START_US, END_US, () => true))],
  ['applications by second', (store) => store.view((view) => view.readSeries('app', 1, START_US, END_US, () => true))],
  ['hosts by minute', (store) => store.view((view) => view.readSeries('host', 60, START_US, END_US, () => true))],
  ['flows', (store) => store.view((view) => void view.readFlows(START_US, END_US, 1e9, () => {}))],
  [
    'hosts by minute, named',
    (store) =>
      store.view((view) =>
        view.readSeries('host', 60, START_US, END_US, (_, series) => {
          for (let row = 0; row < series.length; row++) view.nameOf('host', series.idAt(row));
          return true;
        }),
      ),
  ],
];

const plain = await make('plain', {});
const sealed = await make('sealed', { key });
process.stdout.write(`${seconds} seconds of history, best of ${ROUNDS}\n`);
let worst = 0;
for (const [name, ask] of QUESTIONS) {
  let plainMs = Number.POSITIVE_INFINITY;
  let sealedMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    plainMs = Math.min(
      plainMs,
      timed(() => ask(plain)),
    );
    sealedMs = Math.min(
      sealedMs,
      timed(() => ask(sealed)),
    );
  }
  worst = Math.max(worst, sealedMs / plainMs);
  process.stdout.write(
    `${name.padEnd(26)}plain ${plainMs.toFixed(1).padStart(8)} ms   encrypted ${sealedMs.toFixed(1).padStart(8)} ms   ${(sealedMs / plainMs).toFixed(2)} times\n`,
  );
}
process.stdout.write(`file: plain ${plain.info().fileBytes}, encrypted ${sealed.info().fileBytes} bytes\n`);
await plain.close();
await sealed.close();
rmSync(dir, { recursive: true });
process.exitCode = worst > bound ? 1 : 0;

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
