// Fills the disk under a store, looks, makes room, looks again. Started by store-full.priv.test.ts in a process of its own, so that
// a stray rejection or message would show.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { intervalOf, seededRandom } from './store-fixtures.js';

const [, , mount, reserve] = process.argv;
const startUs = 1_700_000_000_000_000;
const dir = join(mount!, `store-${reserve}`);
const ballast = join(mount!, 'ballast');
writeFileSync(ballast, Buffer.alloc(1_500_000));
const store = openStore({
  dir,
  clock: () => startUs * 2,
  ...(reserve === 'default' ? {} : { reserveBytes: Number(reserve) }),
});
const shape = { apps: 50, hosts: 200, hostPool: 2000, protocols: 20 };

let appended = 0;
let tx = 0;
const append = async (): Promise<void> => {
  const interval = intervalOf(startUs + appended * 1_000_000, seededRandom(appended), shape);
  await store.append({ intervals: [interval] });
  appended += 1;
  tx += interval.interfaces[0]!.txBytes;
};

const until = async (): Promise<unknown> => {
  for (;;) {
    try {
      await append();
    } catch (error) {
      return error;
    }
  }
};
const error = await until();
// It stays full, and says so each time.
const again = await append().then(
  () => undefined,
  (reason: unknown) => reason,
);
if (!(error instanceof KaipoError) || !(again instanceof KaipoError)) throw error;
process.stdout.write(`full ${again.code} ${store.state}\n`);
if (store.info().intervals === appended) process.stdout.write('still readable\n');
rmSync(ballast);
await append();
await append();
process.stdout.write(`resumed ${store.state}\n`);
await store.close();

const reader = openStore({ dir, readOnly: true });
let stored = 0;
reader.view((view) =>
  view.readTotals(60, 0, Number.MAX_SAFE_INTEGER, (_, sums) => {
    stored += sums.txBytes;
    return true;
  }),
);
if (stored === tx && reader.info().intervals === appended) process.stdout.write('complete\n');
await reader.close();
rmSync(dir, { recursive: true });
