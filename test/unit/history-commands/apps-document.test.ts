// `kaipo apps --format json` as the contract has it: fields of a row and when they are absent, the quality of every byte, and why the
// unknown ones are; whatever is recorded, in part and in whole.
import assert from 'node:assert/strict';
import test from 'node:test';
import { appsAnswer } from '@kaipo/cli/commands/apps.js';
import { askedOr } from '@kaipo/cli/history/history-context.js';
import type { AppSums, IntervalRecord, NamedSums } from '@kaipo/core/api/interval-record.js';
import { emptyInterval } from '@kaipo/core/api/interval-record.js';
import { BOOK_REASONS } from '@kaipo/core/kernel/traffic-words.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { QUALITIES } from '@kaipo/core/store/series-block.js';
import fc from 'fast-check';
import { withDirectory } from '../../contract/store.contract.js';
import { contextOf, NOW_US } from './history-fixture.js';

interface Sums {
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly txPackets: number;
  readonly rxPackets: number;
  readonly flows: number;
}
interface AppsDocument {
  readonly schema: string;
  readonly from: number;
  readonly to: number;
  readonly rows: readonly (Sums & { readonly app: string; readonly quality: Readonly<Record<string, number>> })[];
  readonly other?: Sums & { readonly count: number };
  readonly unknown: Sums & { readonly reasons: Readonly<Record<string, number>> };
  readonly total: Sums;
}

const SUM_FIELDS = ['txBytes', 'rxBytes', 'txPackets', 'rxPackets', 'flows'] as const;
const bytesOf = ({ txBytes, rxBytes }: Pick<Sums, 'txBytes' | 'rxBytes'>): number => txBytes + rxBytes;
const sumOf = (bytes: Readonly<Record<string, number>>): number => Object.values(bytes).reduce((a, b) => a + b, 0);
const sums = (txBytes: number, rxBytes: number): Sums => ({ txBytes, rxBytes, txPackets: 1, rxPackets: 2, flows: 1 });

/** Intervals of one second that end now. */
async function documentsOf(
  intervals: readonly Pick<IntervalRecord, 'apps' | 'unknown'>[],
  questions: readonly object[],
): Promise<AppsDocument[]> {
  const answers: AppsDocument[] = [];
  await withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => NOW_US });
    const beginUs = NOW_US - intervals.length * 1_000_000;
    await store.append({
      intervals: intervals.map((rows, second) => ({
        ...emptyInterval(beginUs + second * 1_000_000, 'capture+events'),
        endUs: beginUs + (second + 1) * 1_000_000,
        ...rows,
      })),
    });
    for (const question of questions) {
      const { document } = appsAnswer(contextOf(store, askedOr('today'), question), question);
      answers.push(JSON.parse(JSON.stringify(document)) as AppsDocument);
    }
    await store.close();
  });
  return answers;
}

const WEB = {
  name: 'web',
  exe: '/usr/bin/web',
  user: 'www',
  unit: 'web.service',
  container: 'docker:web',
  interface: 'eth0',
} as const;

test('a row has who, where, how much and how it is known; what is not known is absent', async () => {
  const apps: AppSums[] = [
    { ...WEB, ...sums(100, 1000), quality: 'event', zone: 'internet' },
    { ...WEB, ...sums(10, 20), quality: 'listener', zone: 'lan' },
    { name: 'kernel', ...sums(1, 2), quality: 'kernel', interface: 'eth0', zone: 'lan' },
  ];
  const unknown: NamedSums[] = [
    { name: 'no-socket', ...sums(5, 6), interface: 'eth0', zone: 'lan' },
    { name: 'events-lost', ...sums(7, 8), interface: 'eth0', zone: 'internet' },
  ];
  const [all, lan] = await documentsOf([{ apps, unknown }], [{}, { zone: 'lan' }]);
  assert.equal(all!.schema, 'kaipo.apps/1');
  assert.ok(all!.from < NOW_US / 1e6 && all!.to >= NOW_US / 1e6);
  assert.deepEqual(all!.rows, [
    {
      app: 'web',
      exe: '/usr/bin/web',
      user: 'www',
      unit: 'web.service',
      container: 'docker:web',
      quality: { event: 1100, listener: 30 },
      txBytes: 110,
      rxBytes: 1020,
      totalBytes: 1130,
      txPackets: 2,
      rxPackets: 4,
      flows: 2,
    },
    { app: 'kernel', quality: { kernel: 3 }, totalBytes: 3, ...sums(1, 2) },
  ]);
  assert.deepEqual(all!.unknown, {
    txBytes: 12,
    rxBytes: 14,
    totalBytes: 26,
    txPackets: 2,
    rxPackets: 4,
    flows: 2,
    reasons: { 'events-lost': 15, 'no-socket': 11 },
  });
  assert.deepEqual(
    lan!.rows.map(({ app, quality }) => [app, quality]),
    [
      ['web', { listener: 30 }],
      ['kernel', { kernel: 3 }],
    ],
  );
  assert.deepEqual(lan!.unknown.reasons, { 'no-socket': 11 });
});

test('nothing recorded: the same fields, and nothing in them', async () => {
  const [document] = await documentsOf([{ apps: [], unknown: [] }], [{}]);
  const { rows, unknown, other } = document!;
  assert.deepEqual([rows, other, unknown.reasons, bytesOf(unknown)], [[], undefined, {}, 0]);
});

test('whatever is recorded: qualities are the bytes of their row, reasons those of the unknown, and all of it the total', async () => {
  const place = {
    interface: fc.constantFrom('eth0', 'wg0'),
    zone: fc.constantFrom('lan' as const, 'internet' as const),
    txBytes: fc.nat(1e9),
    rxBytes: fc.nat(1e9),
  };
  const app = fc.record({
    name: fc.constantFrom('web', 'db', 'evil\u001b[2J'),
    user: fc.constantFrom('www', 'root'),
    quality: fc.constantFrom(...QUALITIES),
    ...place,
  });
  const reason = fc.record({ name: fc.constantFrom(...BOOK_REASONS), ...place });
  const interval = fc.record({ apps: fc.array(app, { maxLength: 8 }), unknown: fc.array(reason, { maxLength: 4 }) });
  const questions = [
    {},
    { limit: 1 },
    { zone: 'lan' },
    { interface: ['eth0'] },
    { interface: ['wg0'], zone: 'internet' },
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(interval, { minLength: 1, maxLength: 4 }), async (drawn) => {
      const counted = <Row extends object>(rows: readonly Row[]) =>
        rows.map((row) => ({ ...row, txPackets: 1, rxPackets: 1, flows: 1 }));
      const intervals = drawn.map(({ apps, unknown }) => ({ apps: counted(apps), unknown: counted(unknown) }));
      const documents = await documentsOf(intervals, questions);
      for (const [at, { rows, other, unknown, total }] of documents.entries()) {
        for (const row of rows) {
          assert.equal(sumOf(row.quality), bytesOf(row));
          assert.ok(Object.keys(row.quality).every((word) => (QUALITIES as readonly string[]).includes(word)));
          assert.ok(Object.values(row).every((value) => value !== null && value !== ''));
        }
        assert.equal(sumOf(unknown.reasons), bytesOf(unknown));
        for (const field of SUM_FIELDS) {
          const parts = [...rows, ...(other ? [other] : []), unknown];
          assert.equal(
            parts.reduce((sum, part) => sum + part[field], 0),
            total[field],
            field,
          );
        }
        if (at === 0)
          assert.equal(
            bytesOf(total),
            intervals
              .flatMap(({ apps, unknown: nobody }) => [...apps, ...nobody])
              .reduce((all, row) => all + bytesOf(row), 0),
          );
      }
    }),
    { numRuns: 25 },
  );
});
