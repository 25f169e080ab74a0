// Records another minute into a store and says how that ended: `written`, or the code of a named error. A process of its own,
// because LMDB may not survive damaged pages.   node write-on-main.js DIR [KEY]
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { fill, START_US } from './care-fixtures.js';

const [, , dir = '', key] = process.argv;
try {
  const store = openStore({ dir, clock: () => START_US * 2, ...(key === undefined ? {} : { key }) });
  await fill(store, 200, 260);
  await store.close();
  process.stdout.write('written\n');
} catch (error) {
  process.stdout.write(error instanceof KaipoError ? `${error.code}\n` : `not named: ${(error as Error).stack}\n`);
}
process.exit(0);
