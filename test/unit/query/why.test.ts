import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyInterval, type IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { queryWhy } from '@kaipo/core/query/why.js';
import { queryFirstSeen, queryUsualHours } from '@kaipo/core/query/why-first-seen.js';
import { findSubject } from '@kaipo/core/query/why-subject.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { flowEnded, nameAnswered } from '../store/store-fixtures.js';

process.env['TZ'] = 'Europe/Berlin';

const DAY_US = 86_400_000_000;
const NOW_US = new Date('2026-11-21T14:30:00').getTime() * 1000;
const ALL = { fromUs: 0, toUs: NOW_US };
const NOBODY = { appOfPid: () => undefined, isRunning: () => false };

const sums = { txBytes: 100, rxBytes: 900, txPackets: 1, rxPackets: 1, flows: 1 };

function interval(startUs: number, apps: readonly string[], hosts: readonly string[] = []): IntervalRecord {
  return {
    ...emptyInterval(startUs, 'capture'),
    endUs: startUs + 1_000_000,
    interfaces: [{ ...sums, name: 'eth0' }],
    apps: apps.map((name) => ({
      ...sums,
      name,
      quality: 'event' as const,
      ...(name === 'b' && { exe: '/opt/b/run' }),
    })),
    hosts: hosts.map((name) => ({ ...sums, name })),
  };
}

async function withStore(
  times: readonly (readonly [agoUs: number, apps: readonly string[]])[],
  check: (store: Store) => Promise<void> | void,
) {
  await withDirectory(async (dir) => {
    let nowUs = NOW_US;
    const store = openStore({ dir, clock: () => nowUs });
    for (const [agoUs, apps] of times) {
      nowUs = NOW_US - agoUs + 1_000_000;
      await store.append({ intervals: [interval(NOW_US - agoUs, apps, ['192.0.2.1'])] });
    }
    nowUs = NOW_US;
    await check(store);
    await store.close();
  });
}

test('first seen: as exact as the buckets that are kept, and whether history begins there', () =>
  withStore(
    [
      [900 * DAY_US, ['a']],
      [800 * DAY_US, ['b']],
      [DAY_US, ['a', 'b']],
      [60_000_000, ['c']],
      [1_000_000, ['a', 'b', 'c']],
    ],
    (store) => {
      const seen = (app: string) => queryFirstSeen(store, 'app', ({ name }) => name === app);
      assert.equal(seen('a')?.isBegin, true);
      assert.equal(seen('a')?.atUs, store.info().firstUs);
      assert.deepEqual(seen('b'), { atUs: NOW_US - 800 * DAY_US, withinUs: 1_000_000, isBegin: false });
      assert.deepEqual(seen('c'), { atUs: NOW_US - 60_000_000, withinUs: 1_000_000, isBegin: false });
      assert.equal(seen('d'), undefined);
      assert.equal(queryFirstSeen(store, 'host', ({ name }) => name === '192.0.2.1')?.isBegin, true);
    },
  ));

test('who an application is does not depend on the period', () =>
  withStore([[2 * DAY_US, ['b']]], (store) => {
    const { identities, totals } = queryWhy(
      store,
      { kind: 'app', app: 'b' },
      { fromUs: NOW_US - DAY_US, toUs: NOW_US },
    );
    assert.deepEqual(identities, [
      { name: 'b', exe: '/opt/b/run', txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0 },
    ]);
    assert.equal(totals.flows, 0);
  }));

test('usual hours are those of the clock on the wall, beside the time that was recorded', () =>
  withStore(
    [
      [DAY_US, ['a']],
      [3_600_000_000, ['b']],
      [1_000_000, ['a']],
    ],
    (store) => {
      const { bytes, recordedUs } = queryUsualHours(store, 'app', ({ name }) => name === 'a', ALL);
      assert.equal(bytes[14], 2000);
      assert.equal(bytes[13], 0);
      assert.deepEqual([recordedUs[13], recordedUs[14]], [1_000_000, 2_000_000]);
      assert.equal(
        bytes.reduce((sum, value) => sum + value, 0),
        2000,
      );
    },
  ));

test('what is meant: flow, address, pid, application by name or program, host name or what is below it', () =>
  withStore([[60_000_000, ['a', 'b', 'Curl']]], async (store) => {
    const flow = flowEnded(NOW_US - 50_000_000, () => 0.5, 3);
    const { server } = flow.flow;
    await store.append({
      intervals: [],
      ended: [flow],
      names: [nameAnswered(NOW_US - 51_000_000, 'www.example.org', [server.ip, '2001:db8::7'])],
    });
    const find = (text: string, running = NOBODY): unknown => {
      const found = findSubject(store, text, running);
      return 'subject' in found ? found.subject : found.nearest;
    };
    assert.equal((find(flow.flow.id.toUpperCase()) as { kind: string }).kind, 'flow');
    assert.deepEqual(find(server.ip), { kind: 'host', ips: [server.ip] });
    assert.deepEqual(find('[2001:db8::7]'), { kind: 'host', ips: ['2001:db8::7'] });
    assert.deepEqual(find('103'), { kind: 'process', pid: 103, app: 'curl' });
    assert.deepEqual(
      find('7', { ...NOBODY, appOfPid: (pid: number) => (pid === 7 ? 'x' : undefined) } as typeof NOBODY),
      {
        kind: 'process',
        pid: 7,
        app: 'x',
      },
    );
    assert.deepEqual(find('a'), { kind: 'app', app: 'a' });
    assert.deepEqual(find('CURL'), { kind: 'app', app: 'Curl' });
    assert.deepEqual(find('/opt/b/run'), { kind: 'app', app: 'b' });
    assert.deepEqual(find('www.example.org'), {
      kind: 'host',
      ips: [server.ip, '2001:db8::7'],
      name: 'www.example.org',
    });
    assert.deepEqual(find('example.ORG.'), { kind: 'host', ips: [server.ip, '2001:db8::7'], name: 'example.org' });
    assert.deepEqual(find('www.exmaple.org'), ['www.example.org']);
    assert.deepEqual(find('8'), []);

    const { question, pairFirstSeen, owner } = queryWhy(store, { kind: 'flow', flow: flow.flow }, ALL);
    assert.deepEqual([question?.name, question?.lastUs], ['www.example.org', NOW_US - 51_000_000]);
    assert.equal(pairFirstSeen?.atUs, flow.flow.startUs);
    assert.equal(owner?.pid, 103);
    // An answer that came after the flow began did not lead to it.
    const earlier = { ...flow.flow, startUs: NOW_US - 55_000_000 };
    assert.equal(queryWhy(store, { kind: 'flow', flow: earlier }, ALL).question, undefined);
  }));
