// Appends interval after interval, says each acknowledged number on stdout, until it is killed. Started by lmdb-store.test.ts.
import { writeSync } from 'node:fs';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { intervalOf, seededRandom } from './store-fixtures.js';

const dir = process.argv[2]!;
const round = Number(process.argv[3]);
const startUs = 1_700_000_000_000_000 + round * 100_000 * 1_000_000;
// Seconds are kept for as long as the test looks at them.
const store = openStore({ dir, clock: () => startUs * 2, retentionS: [1e9, 1e9, 1e9, 1e9, Infinity] });
for (let index = 0; ; index++) {
  await store.append({ intervals: [intervalOf(startUs + index * 1_000_000, seededRandom(index))] });
  writeSync(1, `${index}\n`);
}
