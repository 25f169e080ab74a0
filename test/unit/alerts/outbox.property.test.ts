import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { MAX_DEAD, MAX_WAITING, Outbox } from '@kaipo/cli/alerts/outbox.js';
import { OutboxFile, readOutbox } from '@kaipo/cli/alerts/outbox-file.js';
import type { OutboxRecord, OutboxStore } from '@kaipo/cli/alerts/outbox-record.js';
import * as fc from 'fast-check';
import { delivery, incident } from './alert-fixtures.js';

function inDirectory(body: (path: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-outbox-'));
  try {
    body(join(dir, 'outbox.journal'));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const record = (key: string, failures: number): OutboxRecord => ({
  kind: 'waiting',
  key,
  channel: 'c',
  delivery: delivery(`d${key}`),
  failures,
  dueMs: 0,
});
const byKey = (a: OutboxRecord, b: OutboxRecord): number => (a.key < b.key ? -1 : 1);

const changes = fc.array(
  fc.record({
    put: fc.array(fc.record({ key: fc.constantFrom(...'abcdefgh'), failures: fc.nat(99) }), { maxLength: 3 }),
    remove: fc.array(fc.constantFrom(...'abcdefgh'), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 12 },
);

test('a journal cut at any byte holds every change whose line is whole, and nothing of the others', () =>
  inDirectory((path) => {
    fc.assert(
      fc.property(changes, fc.double({ min: 0, max: 1, noNaN: true }), (steps, share) => {
        rmSync(path, { force: true });
        const file = new OutboxFile(path);
        const model = new Map<string, OutboxRecord>();
        /** What holds after so many bytes. */
        const states: [bytes: number, records: OutboxRecord[]][] = [[0, []]];
        for (const step of steps) {
          const put = step.put.map(({ key, failures }) => record(key, failures));
          file.change(put, step.remove);
          for (const key of step.remove) model.delete(key);
          for (const one of put) model.set(one.key, one);
          states.push([statSync(path).size, [...model.values()].sort(byKey)]);
        }
        file.close();
        const bytes = Math.floor(statSync(path).size * share);
        truncateSync(path, bytes);
        const expected = states.findLast(([end]) => end <= bytes)![1];
        assert.deepEqual([...readOutbox(path)].sort(byKey), expected);
        const again = new OutboxFile(path);
        assert.deepEqual(again.load(), expected);
        // What is written behind a cut line is not lost with it.
        again.change([record('z', 1)], []);
        again.close();
        assert.deepEqual([...readOutbox(path)].sort(byKey), [...expected, record('z', 1)]);
      }),
      { numRuns: 200 },
    );
  }));

test('a damaged line costs itself only; the file is nobody else’s', () =>
  inDirectory((path) => {
    const file = new OutboxFile(path);
    for (const key of 'abc') file.change([record(key, 0)], []);
    file.close();
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const lines = readFileSync(path, 'utf8').split('\n');
    lines[1] = lines[1]!.replace('"failures":0', '"failures":1');
    writeFileSync(path, `${lines[0]}\nrubbish\n${lines.slice(1).join('\n')}`);
    const again = new OutboxFile(path);
    assert.deepEqual(
      again.load().map(({ key }) => key),
      ['a', 'c'],
    );
    assert.equal(again.damaged, 2);
    again.close();
  }));

test('a journal of much that is past is written anew', () =>
  inDirectory((path) => {
    const file = new OutboxFile(path);
    file.change([record('kept', 0)], []);
    for (let index = 0; index < 3000; index++) {
      file.change([record('a', index)], []);
      assert.ok(statSync(path).size < 1_100_000);
    }
    file.close();
    assert.deepEqual(
      [...readOutbox(path)].sort(byKey).map(({ key, ...rest }) => [key, 'failures' in rest && rest.failures]),
      [
        ['a', 2999],
        ['kept', 0],
      ],
    );
  }));

class MemoryStore implements OutboxStore {
  readonly records = new Map<string, OutboxRecord>();
  isFull = false;
  load = (): readonly OutboxRecord[] => [...this.records.values()].sort(byKey);
  change(put: readonly OutboxRecord[], remove: readonly string[]): void {
    if (this.isFull) throw new Error('ENOSPC');
    for (const key of remove) this.records.delete(key);
    for (const one of put) this.records.set(one.key, one);
  }
  close(): void {}
}

const about = (id: string, of: string, severity: 'info' | 'critical' = 'info') =>
  delivery(id, { of: [incident({ id: of, severity })] });
const add = (outbox: Outbox, ...deliveries: ReturnType<typeof delivery>[]) =>
  outbox.add(
    deliveries.map((one) => ({ channel: 'c', delivery: one })),
    0,
  );

test('of one incident in order, of several the critical first, nothing twice', () => {
  const outbox = new Outbox(new MemoryStore());
  add(
    outbox,
    about('1', 'A'),
    about('2', 'A', 'critical'),
    about('3', 'B'),
    about('3', 'B'),
    about('4', 'C', 'critical'),
  );
  const order: string[] = [];
  for (let next = outbox.next('c', 0); next !== undefined; next = outbox.next('c', 0)) {
    order.push(next.delivery.id);
    outbox.delivered(next);
  }
  assert.deepEqual(order, ['4', '1', '2', '3']);
  add(outbox, about('5', 'A'), about('6', 'A'), about('7', 'B'));
  const five = outbox.next('c', 0)!;
  outbox.failed(five, 'no', 1000, 0);
  assert.equal(outbox.next('c', 0)!.delivery.id, '7', '6 waits for 5');
  outbox.delivered(outbox.next('c', 0)!);
  assert.equal(outbox.next('c', 0), undefined);
  assert.equal(outbox.nextDueMs('c'), 1000);
  assert.equal(outbox.next('c', 1000)!.failures, 1);
});

test('too many: the oldest that is not critical gives way, and is a dead letter; those are bounded too', () => {
  const store = new MemoryStore();
  const outbox = new Outbox(store);
  add(outbox, about('critical', 'K', 'critical'));
  for (let index = 0; index < MAX_WAITING + MAX_DEAD + 9; index++) add(outbox, about(`${index}`, `${index}`));
  assert.deepEqual(outbox.counts, { waiting: MAX_WAITING, dead: MAX_DEAD, overflowed: MAX_DEAD + 10, forgotten: 10 });
  assert.equal(store.records.size, MAX_WAITING + MAX_DEAD);
  assert.equal(outbox.next('c', 0)!.delivery.id, 'critical');
  assert.equal(outbox.deadLetters[0]!.delivery.id, '10');
  add(outbox, ...Array.from({ length: MAX_WAITING + 1 }, (_, index) => about(`k${index}`, `k${index}`, 'critical')));
  assert.equal(outbox.counts.waiting, MAX_WAITING);
  assert.ok(outbox.waitingOf('c').every(({ delivery: { id } }) => id.startsWith('k')));
  assert.deepEqual(new Outbox(store).counts, { ...outbox.counts, overflowed: 0, forgotten: 0 });
});

test('a disk that is full takes nothing, and says so', () => {
  const store = new MemoryStore();
  const outbox = new Outbox(store);
  store.isFull = true;
  assert.throws(() => add(outbox, about('1', 'A')), /ENOSPC/);
  assert.equal(outbox.next('c', 0), undefined);
  store.isFull = false;
  add(outbox, about('1', 'A'));
  assert.equal(outbox.next('c', 0)!.delivery.id, '1');
});
