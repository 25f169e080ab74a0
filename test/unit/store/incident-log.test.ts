// Alerts in the real store: what is read is what was written, within its bound, encrypted or not, found right by the check.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Incident } from '@kaipo/core/api/alert-sink.js';
import type { Severity } from '@kaipo/core/api/events.js';
import { LmdbFile } from '@kaipo/core/store/lmdb-file.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { runStoreCheck } from '@kaipo/core/store/store-check-run.js';
import { incidentKey } from '@kaipo/core/store/store-keys.js';
import { MAX_INCIDENTS, MAX_LEARNED_BYTES, REMOVED_INCIDENTS } from '@kaipo/core/store/store-limits.js';
import { pruneStore } from '@kaipo/core/store/store-prune.js';
import { storeStats } from '@kaipo/core/store/store-stats.js';
import fc from 'fast-check';
import { withDirectory } from '../../contract/store.contract.js';

const START_US = 1_760_000_000_000_000;
const KEY = '5'.repeat(64);

function incident(number: number, more: Partial<Incident> = {}): Incident {
  const firstUs = more.firstUs ?? START_US + number * 1e6;
  return {
    id: firstUs.toString(16).padStart(13, '0') + number.toString(16).padStart(3, '0').slice(-3),
    rule: 'port-scan',
    key: `k${number}`,
    severity: 'warning',
    subject: '10.0.0.9',
    scope: { host: '10.0.0.9', port: 22 },
    summary: 'many ports',
    evidence: { ports: number },
    lastUs: firstUs,
    count: 1,
    ...more,
    firstUs,
  };
}

interface Written {
  readonly number: number;
  readonly atS: number;
  readonly lengthS: number;
  readonly isOpen: boolean;
  readonly severity: Severity;
}

const written: fc.Arbitrary<readonly Written[]> = fc.array(
  fc.record({
    number: fc.integer({ min: 0, max: 15 }),
    atS: fc.integer({ min: 0, max: 500 }),
    lengthS: fc.integer({ min: 0, max: 300 }),
    isOpen: fc.boolean(),
    severity: fc.constantFrom<Severity>('info', 'warning', 'critical'),
  }),
  { maxLength: 30 },
);

test('any incidents, written in any order and again, are there for any period', () =>
  withDirectory(async (dir) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(written, fc.nat(500), fc.nat(500), fc.boolean(), async (list, from, length, isSealed) => {
        run += 1;
        const options = { dir: `${dir}/${run}`, ...(isSealed && { key: KEY }) };
        const store = openStore(options);
        const model = new Map<string, Incident>();
        for (const { number, atS, lengthS, isOpen, severity } of list) {
          const firstUs = START_US + atS * 1e6;
          const lastUs = firstUs + lengthS * 1e6;
          const made = incident(number, { firstUs, lastUs, severity, ...(!isOpen && { resolvedUs: lastUs }) });
          model.set(made.id, made);
          await store.append({ intervals: [], alerts: { incidents: [made], desk: { number } } });
        }
        const [fromUs, toUs] = [START_US + from * 1e6, START_US + (from + length) * 1e6];
        const expected = [...model.values()]
          .filter((one) => one.firstUs < toUs && (one.resolvedUs === undefined || one.resolvedUs >= fromUs))
          .sort((left, right) => (left.id < right.id ? 1 : -1));
        const read: Incident[] = [];
        store.view((view) => view.readIncidents(fromUs, toUs, (one) => void read.push(one)));
        assert.deepEqual(read, expected);
        assert.deepEqual(
          new Set(store.view((view) => view.openIncidents()).map(({ id }) => id)),
          new Set([...model.values()].filter((one) => one.resolvedUs === undefined).map(({ id }) => id)),
        );
        for (const one of model.values())
          assert.deepEqual(
            store.view((view) => view.incident(one.id)),
            one,
          );
        assert.deepEqual(
          store.view((view) => view.alertDesk()),
          list.length === 0 ? undefined : { number: list.at(-1)!.number },
        );
        assert.equal(store.info().incidents, model.size);
        await store.close();
      }),
      { numRuns: 25 },
    );
  }));

test('too many: the oldest that are over go, the ones that go on stay, and it is counted', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir });
    const over = (number: number): Incident => incident(number, { resolvedUs: START_US + number * 1e6 });
    const all = Array.from({ length: MAX_INCIDENTS }, (_, n) => (n < 3 ? incident(n) : over(n)));
    await store.append({ intervals: [], alerts: { incidents: all } });
    assert.equal(store.info().removedIncidents, 0);
    await store.append({ intervals: [], alerts: { incidents: [over(MAX_INCIDENTS)] } });
    const { incidents, removedIncidents } = store.info();
    assert.equal(removedIncidents, REMOVED_INCIDENTS + 1);
    assert.equal(incidents, MAX_INCIDENTS - REMOVED_INCIDENTS);
    assert.equal(store.view((view) => view.openIncidents()).length, 3);
    assert.equal(
      store.view((view) => view.incident(over(3).id)),
      undefined,
    );
    assert.ok(store.view((view) => view.incident(over(4 + REMOVED_INCIDENTS).id)));
    await store.close();
    const report = await runStoreCheck({ dir });
    assert.deepEqual(report.findings, []);
    assert.equal(report.incidents, incidents);
    const stats = await storeStats({ dir });
    assert.equal(stats.kinds.find(({ kind }) => kind === 'alerts')?.entries, incidents + 3);
    const pruned = await pruneStore({ dir }, { beforeS: START_US / 1e6 + 1000 });
    assert.equal(pruned.incidents, 1000 - 4 - REMOVED_INCIDENTS);
    assert.deepEqual((await runStoreCheck({ dir })).findings, []);
  }));

test('what detectors learned is kept by rule, and too much of it is refused', () =>
  withDirectory(async (dir) => {
    let store = openStore({ dir, key: KEY });
    const learned = { beacon: { periods: [1, 2] }, 'port-scan': Buffer.alloc(MAX_LEARNED_BYTES + 1, 'x').toString() };
    await store.append({ intervals: [], alerts: { incidents: [], learned } });
    await store.append({
      intervals: [],
      alerts: { incidents: [], learned: { silence: randomText(MAX_LEARNED_BYTES * 2) } },
    });
    await store.close();
    store = openStore({ dir, key: KEY, readOnly: true });
    assert.deepEqual(
      store.view((view) => view.learned('beacon')),
      { periods: [1, 2] },
    );
    assert.ok(store.view((view) => view.learned('silence') === undefined));
    assert.equal(
      store.view((view) => view.learned('never')),
      undefined,
    );
    await store.close();
    assert.deepEqual((await runStoreCheck({ dir, key: KEY })).findings, []);
  }));

test('the check finds an incident that is gone, one that is none, and one under another id', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir });
    await store.append({ intervals: [], alerts: { incidents: [incident(1), incident(2), incident(3)] } });
    await store.close();
    const file = new LmdbFile({ dir, readOnly: false });
    file.writeSync((access) => {
      const bytes = access.get(incidentKey(incident(2).id))!;
      access.put(incidentKey(incident(3).id), Buffer.from(bytes));
      access.remove(incidentKey(incident(1).id));
    });
    await file.close();
    const { findings } = await runStoreCheck({ dir });
    const said = findings.map(({ message }) => message).join('\n');
    assert.match(said, /the store says 3 alerts, there are 2/);
    assert.match(said, /1 alerts lie under another id/);
    assert.match(said, /1 alerts are in the list of those that go on, and do not/);
  }));

/** Nothing that gets smaller. */
function randomText(length: number): string {
  let seed = 1;
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (seed % 90));
  }).join('');
}
