// A recorder that appends without a pause and compacts now and then; on a line of input it stops and says how many seconds it
// recorded, and how often it compacted.   node busy-recorder-main.js DIR [KEY]
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { compactStore } from '@kaipo/core/store/store-compact.js';
import { fill, START_US } from './care-fixtures.js';

const [, , dir = '', key] = process.argv;
const COMPACT_EVERY_S = 200;
const store = openStore({ dir, clock: () => START_US * 2, ...(key === undefined ? {} : { key }) });
let isStopping = false;
process.stdin.once('data', () => {
  isStopping = true;
});
process.stdout.write('ready\n');
let second = 0;
let compactions = 0;
let compacting: Promise<unknown> = Promise.resolve();
while (!isStopping) {
  await fill(store, second, second + 5, 5);
  second += 5;
  if (second % COMPACT_EVERY_S === 0) {
    compacting = compacting.then(() => compactStore(store));
    compactions += 1;
  }
  await new Promise(setImmediate);
}
await compacting;
await store.close();
process.stdout.write(`${second} ${compactions}\n`);
process.exit(0);
