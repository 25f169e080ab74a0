// The process for long questions: its order, its bounds, and what becomes of questions when it ends.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { HistoryWorker } from '@kaipo/cli/web/history-worker.js';
import { HttpError } from '@kaipo/cli/web/problem.js';
import { DEFAULT_CONFIG, type KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { withWeb } from '../../unit/web/web-fixture.js';
import { recordHistory } from '../browser/recorded-history.js';

let root: string;
let config: KaipoConfig;

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'kaipo-worker-'));
  const store = join(root, 'store');
  config = { ...DEFAULT_CONFIG, store: { ...DEFAULT_CONFIG.store, path: store } };
  await recordHistory({ dir: store, nowUs: Date.now() * 1000, days: 2 });
});

after(() => rmSync(root, { recursive: true }));

async function withWorker(check: (worker: HistoryWorker) => Promise<void>): Promise<void> {
  const worker = new HistoryWorker(() => config);
  try {
    await check(worker);
  } finally {
    worker.close();
  }
}

const apps = (limit: number) => ({ path: '/api/apps', query: { limit, offset: 0 }, url: `/api/apps?limit=${limit}` });

/** Processes this one has started that work on questions. */
function workers(): number[] {
  const list = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return list
    .split('\n')
    .filter((line) => line.includes('history-worker-main'))
    .map((line) => Number.parseInt(line, 10));
}

test('questions are answered in order; the same one at the same time is asked once', () =>
  withWorker(async (worker) => {
    const order: number[] = [];
    const asked = [3, 1, 2, 3].map((limit) => worker.ask(apps(limit)).then((text) => [limit, text] as const));
    for (const one of asked) void one.then(([limit]) => order.push(limit));
    const [first, second, , again] = await Promise.all(asked);
    assert.equal(first![1], again![1]);
    assert.equal(JSON.parse(second![1]).rows.length, 1);
    assert.deepEqual(
      order.filter((limit, at) => order.indexOf(limit) === at),
      [3, 1, 2],
    );
    assert.equal(workers().length, 1);
  }));

test('what a question raises comes back as it was raised', () =>
  withWorker(async (worker) => {
    const wrong = worker.ask({ ...apps(1), query: { period: 'x' }, url: '/api/apps?period=x' });
    await assert.rejects(
      wrong,
      (error) => error instanceof KaipoError && error.code === 'KAIPO_USAGE' && error.fix !== undefined,
    );
    assert.ok((await worker.ask(apps(1))).length > 0);
  }));

test('when it is killed the first question is refused, the others are answered by a new one', () =>
  withWorker(async (worker) => {
    await worker.ask(apps(1));
    const [pid] = workers();
    process.kill(pid!, 'SIGSTOP');
    const answers = [1, 2, 3].map((limit) => worker.ask(apps(limit)));
    const first = assert.rejects(answers[0]!, (error) => error instanceof HttpError && error.status === 503);
    process.kill(pid!, 'SIGKILL');
    await first;
    assert.equal(JSON.parse(await answers[1]!).rows.length, 2);
    assert.equal(JSON.parse(await answers[2]!).rows.length, 3);
    assert.notEqual(workers()[0], pid);
  }));

test('beyond its bound questions are refused and counted', () =>
  withWorker(async (worker) => {
    const asked = Array.from({ length: 64 }, (_, at) => worker.ask(apps(at + 1)));
    await assert.rejects(worker.ask(apps(100)), (error) => error instanceof HttpError && error.status === 503);
    assert.equal(worker.refused, 1);
    // The same question as one that waits takes no room.
    assert.equal(await worker.ask(apps(64)), await asked[63]);
    await Promise.all(asked);
  }));

test('after a restart all that waits is answered by the configuration as it is then, also what was begun before', (t) =>
  withWorker(async (worker) => {
    const before = config;
    t.after(() => {
      config = before;
    });
    await worker.ask(apps(1));
    const asked = [1, 2].map((limit) => worker.ask(apps(limit)));
    config = { ...config, cost: { ...config.cost, ratePerGb: 2 } };
    worker.restart();
    for (const text of await Promise.all([...asked, worker.ask(apps(3))])) {
      assert.ok(JSON.parse(text).cost !== undefined);
    }
    while (workers().length > 1) await new Promise((resolve) => setImmediate(resolve));
  }));

test('a file of settings that nobody has read again changes no answer', () =>
  withWeb({ storeDir: config.store.path! }, async (web) => {
    writeFileSync(web.file, 'this is = [');
    const { status, body } = await web.get('/api/apps?limit=1');
    assert.equal(status, 200, JSON.stringify(body));
  }));

test('when it is closed nothing is left: no process, no question without an end', async () => {
  const worker = new HistoryWorker(() => config);
  await worker.ask(apps(1));
  const [pid] = workers();
  const waiting = assert.rejects(worker.ask(apps(2)), HttpError);
  worker.close();
  await waiting;
  while (workers().includes(pid!)) await new Promise((resolve) => setImmediate(resolve));
});
