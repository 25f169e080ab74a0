// Sums that differ say why: frames without a host, bytes on interfaces that do not count; and which interfaces those are.
import assert from 'node:assert/strict';
import test from 'node:test';
import { appsAnswer } from '@kaipo/cli/commands/apps.js';
import { hostsAnswer } from '@kaipo/cli/commands/hosts.js';
import { interfacesAnswer } from '@kaipo/cli/commands/interfaces.js';
import { protocolsAnswer } from '@kaipo/cli/commands/protocols.js';
import { askedOr, type HistoryContext } from '@kaipo/cli/history/history-context.js';
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { countedRows } from '@kaipo/core/query/counted-rows.js';
import { queryTotals } from '@kaipo/core/query/history.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { contextOf, NOW_US } from './history-fixture.js';

const sums = (txBytes: number, rxBytes: number, packets = 1) => ({
  txBytes,
  rxBytes,
  txPackets: packets,
  rxPackets: packets,
});
const START_US = NOW_US - 60_000_000;

/** eth0 counts; wg0 carries 400 of its bytes a second time; 84 bytes are ARP; 16 were dropped. */
const INTERVAL: IntervalRecord = {
  startUs: START_US,
  endUs: START_US + 1_000_000,
  mode: 'capture',
  interfaces: [
    { ...sums(600, 500, 9), name: 'eth0', class: 'physical', counted: true },
    { ...sums(200, 200, 3), name: 'wg0', class: 'tunnel', counted: false },
  ],
  apps: [
    { ...sums(500, 500), name: 'curl', flows: 1, quality: 'event', interface: 'eth0', zone: 'internet' },
    { ...sums(200, 200), name: 'curl', flows: 1, quality: 'event', interface: 'wg0', zone: 'internet' },
  ],
  protocols: [
    { ...sums(500, 500), name: 'tls', flows: 1, interface: 'eth0', zone: 'internet' },
    { ...sums(200, 200), name: 'tls', flows: 1, interface: 'wg0', zone: 'internet' },
    { ...sums(84, 0), name: 'arp', flows: 0, interface: 'eth0', zone: 'lan' },
  ],
  hosts: [
    { ...sums(500, 500), name: '203.0.113.7', flows: 1, interface: 'eth0', zone: 'internet' },
    { ...sums(200, 200), name: '203.0.113.7', flows: 1, interface: 'wg0', zone: 'internet' },
  ],
  unknown: [{ ...sums(84, 0), name: 'not-a-flow', flows: 0, interface: 'eth0', zone: 'lan' }],
  capture: { received: 5, delivered: 5, droppedByKernel: 0, droppedByHelper: 0 },
  books: [
    { interface: 'eth0', category: 'kernel', reason: 'none', bytes: 1100 },
    { interface: 'eth0', category: 'attributed', reason: 'none', bytes: 1000 },
    { interface: 'eth0', category: 'unknown', reason: 'not-a-flow', bytes: 84 },
    { interface: 'eth0', category: 'not-captured', reason: 'ring-full', bytes: 16 },
    { interface: 'wg0', category: 'kernel', reason: 'none', bytes: 400 },
    { interface: 'wg0', category: 'attributed', reason: 'none', bytes: 400 },
  ],
};

async function withInterval(check: (context: (options?: object) => HistoryContext) => void): Promise<void> {
  await withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => NOW_US });
    await store.append({ intervals: [INTERVAL] });
    check((options = {}) => contextOf(store, askedOr('today'), options));
    await store.close();
  });
}

interface Answer {
  readonly total: { readonly totalBytes: number };
  readonly nameless?: { readonly totalBytes: number };
  readonly notCaptured?: { readonly bytes: number };
  readonly notCounted?: { readonly bytes: number; readonly interfaces: object };
}

test('applications, hosts and protocols have one total, and what parts it from status is told', () =>
  withInterval((context) => {
    for (const ask of [appsAnswer, hostsAnswer, protocolsAnswer]) {
      const answer = ask(context(), {});
      const { total, notCaptured, notCounted } = answer.document as Answer;
      assert.equal(total.totalBytes, 1484);
      assert.deepEqual(notCounted, { bytes: 400, interfaces: { wg0: 400 } });
      const { txBytes, rxBytes } = queryTotals(context().store, context().range);
      assert.equal(total.totalBytes + notCaptured!.bytes - notCounted!.bytes, txBytes + rxBytes);
      assert.match(answer.table(), /Not in status 400 B: wg0 400 B, which add nothing to it/);
      const one = ask(context({ interfaces: ['wg0'] }), {}).document as Answer;
      assert.deepEqual([one.total.totalBytes, one.notCounted], [400, undefined]);
    }
    const hosts = hostsAnswer(context(), {});
    assert.equal((hosts.document as Answer).nameless!.totalBytes, 84);
    assert.match(hosts.table(), /\n {2}no host /);
    assert.equal((hostsAnswer(context(), { name: '203' }).document as Answer).nameless, undefined);
  }));

test('interfaces say which of them are in the total', () =>
  withInterval((context) => {
    const { rows } = interfacesAnswer(context(), {}).document as { rows: { interface: string; counted?: boolean }[] };
    assert.deepEqual(
      rows.map((row) => [row.interface, row.counted]),
      [
        ['eth0', true],
        ['wg0', false],
      ],
    );
    const one = interfacesAnswer(context({ interfaces: ['wg0'] }), {}).document as { rows: { counted?: boolean }[] };
    assert.equal(one.rows[0]!.counted, false);
    assert.match(interfacesAnswer(context(), {}).table(), /wg0 +tunnel +no /);
  }));

test('which interfaces count is found from the sums, or not told', () => {
  const row = (name: string, bytes: number, kind: 'physical' | 'virtual' | 'bond') => {
    return { ...sums(bytes, bytes, bytes), name, class: kind };
  };
  const names = (rows: readonly ReturnType<typeof row>[], total: number): string[] | undefined => {
    const found = countedRows(rows, sums(total, total, total));
    return found && [...found].sort();
  };
  assert.deepEqual(names([row('eth0', 5, 'physical'), row('lo', 3, 'virtual')], 5), ['eth0']);
  assert.deepEqual(names([row('veth0', 5, 'virtual'), row('veth1', 3, 'virtual')], 8), ['veth0', 'veth1']);
  assert.deepEqual(names([row('a', 5, 'virtual'), row('b', 3, 'virtual'), row('c', 2, 'virtual')], 7), ['a', 'c']);
  // A bond has the bytes of its only port.
  assert.deepEqual(names([row('bond0', 5, 'bond'), row('eth0', 5, 'physical')], 5), ['eth0']);
  // Two sets fit, or none: the choice changed within the period.
  assert.equal(names([row('a', 5, 'virtual'), row('b', 5, 'virtual')], 5), undefined);
  assert.equal(names([row('a', 5, 'virtual'), row('b', 4, 'virtual')], 6), undefined);
  assert.equal(
    names(
      Array.from({ length: 40 }, (_, index) => row(`v${index}`, 1, 'virtual')),
      3,
    ),
    undefined,
  );
});
