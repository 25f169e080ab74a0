// Reads all of a store and says how that ended: `same DIGEST`, or the code of a named error. A process of its own, because LMDB may
// not survive damaged pages.   node read-all-main.js DIR [KEY]
import { createHash } from 'node:crypto';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { historyOf } from './care-fixtures.js';

const [, , dir = '', key] = process.argv;
try {
  const store = openStore({ dir, readOnly: true, ...(key === undefined ? {} : { key }) });
  const digest = createHash('sha256').update(historyOf(store)).digest('hex');
  process.stdout.write(`same ${digest}\n`);
} catch (error) {
  process.stdout.write(error instanceof KaipoError ? `${error.code}\n` : `not named: ${(error as Error).stack}\n`);
}
process.exit(0);
