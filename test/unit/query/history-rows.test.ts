// Rows, flows and names of a small store: what filters, sorting and limits do.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FlowEnded, FlowRecord } from '@kaipo/core/api/events.js';
import { type AppSums, emptyInterval, type IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { queryBy, queryFlows, queryNames, queryStack, queryTotals, queryZones } from '@kaipo/core/query/history.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store, StoreBatch } from '@kaipo/core/store/store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { flowEnded, nameAnswered, seededRandom } from '../store/store-fixtures.js';

const START_US = 1_700_000_000_000_000;
const ALL = { fromUs: START_US, toUs: START_US + 3_600_000_000 };
const sums = (bytes: number) => ({ txBytes: bytes, rxBytes: bytes * 2, txPackets: 1, rxPackets: 2, flows: 1 });
const app = (name: string, bytes: number, more: Partial<AppSums> = {}): AppSums => ({
  ...{ name, quality: 'event', interface: 'eth0', zone: 'internet' },
  ...sums(bytes),
  ...more,
});

async function withStore(batch: StoreBatch, check: (store: Store) => void): Promise<void> {
  await withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => START_US + 3_600_000_000 });
    await store.append(batch);
    check(store);
    await store.close();
  });
}

const interval = (rows: Partial<IntervalRecord>): IntervalRecord => ({
  ...emptyInterval(START_US, 'capture'),
  endUs: START_US + 1_000_000,
  ...rows,
});

const APPS = [
  app('curl', 10),
  app('curl', 5, { quality: 'listener', zone: 'lan' }),
  app('browser', 100, { exe: '/opt/Browser/main', container: 'box' }),
  app('sshd', 1, { interface: 'wlan0' }),
];

test('one application is one row, however it is known and wherever it was seen', () =>
  withStore({ intervals: [interval({ apps: APPS })] }, (store) => {
    const { rows, total } = queryBy(store, 'app', ALL, { limit: 10 });
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['browser', 'curl', 'sshd'],
    );
    assert.deepEqual(rows[1]!.quality, { event: 30, listener: 15 });
    assert.equal(total.flows, 4);
    const near = queryBy(store, 'app', ALL, { limit: 10, filter: { zone: 'lan' } });
    assert.deepEqual(
      near.rows.map(({ name, txBytes }) => [name, txBytes]),
      [['curl', 5]],
    );
    const wireless = queryBy(store, 'app', ALL, { limit: 10, filter: { interface: ['wlan0', 'eth9'] } });
    assert.deepEqual(
      wireless.rows.map(({ name }) => name),
      ['sshd'],
    );
  }));

test('a part of a name, a path or a container finds an application', () =>
  withStore({ intervals: [interval({ apps: APPS })] }, (store) => {
    const found = (name: string) => queryBy(store, 'app', ALL, { limit: 10, name }).rows.map((row) => row.name);
    assert.deepEqual(found('CUR'), ['curl']);
    assert.deepEqual(found('/opt/browser'), ['browser']);
    assert.deepEqual(found('box'), ['browser']);
    assert.deepEqual(found('nobody'), []);
    assert.deepEqual(found(''), ['browser', 'curl', 'sshd']);
    const { total, other } = queryBy(store, 'app', ALL, { limit: 0, name: 's' });
    assert.equal(total.txBytes, 101);
    assert.equal(other?.txBytes, 101);
  }));

test('names that read alike once they are safe are one row and one layer', () =>
  withStore({ intervals: [interval({ apps: [app('x\u0007', 1), app('x\u0008', 2), app('y', 9)] })] }, (store) => {
    const { rows, other } = queryBy(store, 'app', ALL, { limit: 5 });
    assert.deepEqual(
      rows.map(({ name, txBytes }) => [name, txBytes]),
      [
        ['y', 9],
        ['x\ufffd', 3],
      ],
    );
    assert.equal(other, undefined);
    const { layers } = queryStack(store, 'app', ALL, { grain: 5, top: 3 });
    assert.deepEqual(
      layers.map(({ txTotal }) => txTotal),
      [9, 3],
    );
  }));

test('rows in every order', () =>
  withStore({ intervals: [interval({ apps: APPS })] }, (store) => {
    for (const sort of ['bytes', 'txBytes', 'rxBytes'] as const) {
      const { rows, otherCount, other } = queryBy(store, 'app', ALL, { limit: 1, sort });
      assert.deepEqual([rows[0]!.name, otherCount, other?.txBytes], ['browser', 2, 16]);
    }
    for (const sort of ['packets', 'flows'] as const) {
      assert.equal(queryBy(store, 'app', ALL, { limit: 1, sort }).rows[0]!.name, 'curl');
    }
    const byName = queryBy(store, 'app', ALL, { limit: 9, sort: 'name' }).rows.map(({ name }) => name);
    assert.deepEqual(byName, ['browser', 'curl', 'sshd']);
  }));

test('interfaces by zone come from packets', () => {
  const protocols = [
    { name: 'tls', interface: 'eth0', zone: 'internet', ...sums(7) },
    { name: 'tls', interface: 'eth0', zone: 'lan', ...sums(3) },
    { name: 'dns', interface: 'wlan0', zone: 'internet', ...sums(2) },
    { name: 'arp', ...sums(1) },
  ] as const;
  const interfaces = [{ name: 'eth0', txBytes: 50, rxBytes: 60, txPackets: 1, rxPackets: 1 }];
  return withStore({ intervals: [interval({ protocols, interfaces })] }, (store) => {
    const rows = queryBy(store, 'interface', ALL, { limit: 9, filter: { zone: 'internet' } }).rows;
    assert.deepEqual(
      rows.map(({ name, txBytes }) => [name, txBytes]),
      [
        ['eth0', 7],
        ['wlan0', 2],
      ],
    );
    assert.equal(queryBy(store, 'interface', ALL, { limit: 9 }).rows[0]!.txBytes, 50);
    assert.deepEqual(queryTotals(store, ALL, { zone: 'internet' }).txBytes, 9);
    assert.equal(queryTotals(store, ALL, { interface: 'eth0' }).source, 'counters');
    const { zones, unzoned, total } = queryZones(store, ALL);
    assert.deepEqual(
      zones.map(({ zone, txBytes }) => [zone, txBytes]),
      [
        ['host', 0],
        ['lan', 3],
        ['internet', 9],
      ],
    );
    assert.deepEqual([unzoned?.txBytes, total.txBytes], [1, 13]);
  });
});

test('a stack of one name, and of none', () =>
  withStore({ intervals: [interval({ apps: APPS })] }, (store) => {
    const one = queryStack(store, 'app', ALL, { grain: 10, top: 5, name: 'curl' });
    assert.deepEqual(
      one.layers.map(({ name, txTotal }) => [name, txTotal]),
      [['curl', 15]],
    );
    assert.equal(one.other.txTotal, 0);
    const whole = queryStack(store, 'app', ALL, { grain: 10, top: 5, name: { is: 'curl' } });
    assert.deepEqual(whole.layers, one.layers);
    assert.deepEqual(queryStack(store, 'app', ALL, { grain: 10, top: 5, name: { is: 'cur' } }).layers, []);
    const none = queryStack(store, 'app', ALL, { grain: 10, top: 0 });
    assert.deepEqual([none.layers.length, none.other.txTotal], [0, 116]);
  }));

function flow(index: number, change: Partial<FlowRecord>): FlowEnded {
  const event = flowEnded(START_US + 1_000_000 * (index + 1), seededRandom(index), index);
  return { ...event, flow: { ...event.flow, ...change } };
}

test('flows by owner, host, protocol, interface and zone, in every order', () => {
  const near = { ip: '10.0.0.1', port: 22, packets: 500, bytes: 100 };
  const ended = [
    flow(0, {
      protocol: 'ssh',
      server: near,
      serverName: 'gate.lan',
      interface: 'wlan0',
      startUs: START_US - 9_000_000,
    }),
    flow(1, { application: 'YouTube', server: { ip: '198.51.0.1', port: 443, packets: 5, bytes: 9_000_000 } }),
    flow(2, { transport: 'udp', protocol: 'quic', localSide: 'server' }),
    flow(3, { server: { ip: '192.0.2.10', packets: 1, bytes: 1 } }),
  ];
  return withStore({ intervals: [interval({})], ended }, (store) => {
    const asked = (question: Partial<Parameters<typeof queryFlows>[2]>) => {
      const { flows, count } = queryFlows(store, ALL, { limit: 10, ...question });
      assert.equal(count, flows.length);
      return flows.map(({ client }) => client.port! - 40_000);
    };
    assert.deepEqual(asked({ app: 'youtube' }), [1]);
    assert.deepEqual(asked({ app: 'CURL', sort: 'end' }), [3, 2, 1, 0]);
    assert.deepEqual(asked({ host: '10.0.0.1' }), [0]);
    assert.deepEqual(asked({ host: 'GATE' }), [0]);
    assert.deepEqual(asked({ protocol: 'QUIC' }), [2]);
    assert.deepEqual(asked({ protocol: 'udp' }), [2]);
    assert.deepEqual(asked({ interface: 'wlan0' }), [0]);
    assert.deepEqual(asked({ zone: 'lan' }), [0]);
    assert.deepEqual(asked({ zone: 'host' }), [3]);
    assert.deepEqual(asked({ sort: 'packets' })[0], 0);
    assert.deepEqual(asked({ sort: 'duration' })[0], 0);
    assert.deepEqual(asked({ sort: 'bytes' })[0], 1);
    assert.deepEqual(asked({ sort: 'start' })[0], 0);
    assert.equal(queryFlows(store, ALL, { limit: 1 }).count, 4);
  });
});

test('answered names by name and type, or every answer', () => {
  const at = (second: number, name: string, answers: readonly string[]) =>
    nameAnswered(START_US + second * 1_000_000, name, answers);
  const names = [
    at(1, 'a.example', ['192.0.2.1']),
    at(2, 'A.example', ['192.0.2.2', '192.0.2.1']),
    { ...at(3, 'a.example', []), rcode: 'NXDOMAIN' },
    { ...at(4, 'a.example', ['2001:db8::1']), qtype: 'AAAA' },
    at(5, 'b.example', []),
  ];
  return withStore({ intervals: [interval({})], names }, (store) => {
    const { rows, count, more } = queryNames(store, ALL, { limit: 10 });
    assert.equal(more, false);
    assert.equal(count, 3);
    const { answers, ...first } = rows[0]!;
    assert.deepEqual(first, {
      name: 'a.example',
      qtype: 'A',
      rcode: 'NXDOMAIN',
      client: '192.0.2.10',
      count: 3,
      failed: 1,
      firstUs: START_US + 1_000_000,
      lastUs: START_US + 3_000_000,
    });
    assert.deepEqual([...answers].sort(), ['192.0.2.1', '192.0.2.2']);
    const raw = queryNames(store, ALL, { limit: 2, raw: true, name: 'A.EX' });
    assert.equal(raw.count, 4);
    assert.deepEqual(
      raw.rows.map(({ qtype, count: answered }) => [qtype, answered]),
      [
        ['AAAA', 1],
        ['A', 1],
      ],
    );
  });
});
