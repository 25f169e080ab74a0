// A transaction that lmdb resolves and does not commit, as lmdb 3.5 was seen to do beside another process that wrote: the append is
// written again, once, whether it is missed at once or only by the next append.
import assert from 'node:assert/strict';
import test from 'node:test';
import { LmdbFile } from '@kaipo/core/store/lmdb-file.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { runStoreCheck } from '@kaipo/core/store/store-check-run.js';
import { withDirectory } from '../../contract/store.contract.js';
import { fill, historyOf, makeStore, START_US } from './care-fixtures.js';

const UNDONE = new Error('taken back by the test');

/** Runs every write of `lost` times out of `of` and takes it back, as if it had been committed. */
async function losing<Answer>(isLost: (write: number) => boolean, run: () => Promise<Answer>): Promise<Answer> {
  const { write } = LmdbFile.prototype;
  let writes = 0;
  LmdbFile.prototype.write = async function (change) {
    writes += 1;
    if (!isLost(writes)) return write.call(this, change);
    await write
      .call(this, (file) => {
        change(file);
        throw UNDONE;
      })
      .catch((error: unknown) => assert.equal(error, UNDONE));
  };
  try {
    return await run();
  } finally {
    LmdbFile.prototype.write = write;
  }
}

test('an append that lmdb lost is written again, and nothing twice', () =>
  withDirectory(async (dir) => {
    await makeStore(`${dir}/whole`, 300);
    const store = openStore({ dir: `${dir}/lost`, clock: () => START_US * 2 });
    await losing(
      (write) => write % 3 === 0,
      () => fill(store, 0, 300),
    );
    assert.equal((store as unknown as { repeatedAppends: number }).repeatedAppends, 3);
    await store.close();
    const [whole, lost] = ['whole', 'lost'].map((name) => openStore({ dir: `${dir}/${name}`, readOnly: true }));
    assert.equal(historyOf(lost!), historyOf(whole!));
    await whole!.close();
    await lost!.close();
    assert.deepEqual((await runStoreCheck({ dir: `${dir}/lost` })).findings, []);
  }));
