// A capture file in the store: every byte of it is in the books, in a protocol and in the unknown, by zone, and many slices of time go
// into one transaction.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { FileRecorder, SLICE_US } from '@kaipo/cli/analysis/file-recorder.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import { CaptureReader } from '@kaipo/core/frame/capture-reader.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { StoreBatch } from '@kaipo/core/store/store.js';
import { arp, ethernetIp } from '../../fixtures/link-layers.js';
import { START_NS } from '../../fixtures/packet-list.js';
import { pcapFile } from '../../fixtures/pcap-writer.js';
import { udp } from '../../fixtures/transport-layers.js';

const SLICES = 300;
const CLIENT = '192.168.1.2';
const ARP = arp(1, CLIENT, '192.168.1.1');

function packets(): { timeNs: bigint; bytes: Uint8Array }[] {
  const all: { timeNs: bigint; bytes: Uint8Array }[] = [];
  for (let slice = 0; slice < SLICES; slice++) {
    const timeNs = START_NS + BigInt(slice) * BigInt(SLICE_US) * 1000n;
    const frames = [
      ethernetIp(udp({ ip: CLIENT, port: 40_000 + slice }, { ip: '198.51.100.1', port: 443 }, new Uint8Array(100))),
      ethernetIp(udp({ ip: '198.51.100.1', port: 443 }, { ip: CLIENT, port: 40_000 + slice }, new Uint8Array(900))),
      ethernetIp(udp({ ip: CLIENT, port: 40_000 }, { ip: '192.168.1.1', port: 7000 }, new Uint8Array(10))),
      ARP,
    ];
    all.push(...frames.map((bytes) => ({ timeNs, bytes })));
  }
  return all;
}

/** The packets above through engine and recorder into a new store. */
async function record(t: TestContext, privacy?: 'full' | 'usage-only') {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-file-recorder-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const forEver = Array<number>(5).fill(1e12);
  const store = openStore({ dir, retentionS: forEver });
  const batches: StoreBatch[] = [];
  const append = store.append.bind(store);
  store.append = (batch) => {
    batches.push(batch);
    return append(batch);
  };
  const engine = new Engine({ plugins: [], maxFlows: 10_000, onFlowEnded: (flow) => recorder.flowEnded(flow) });
  const recorder = new FileRecorder(store, engine, privacy);
  engine.bus.subscribe({
    name: 'recorder',
    wants: recorder.wants,
    capacity: 100,
    whenFull: 'flush',
    deliver: (events) => recorder.events(events),
  });
  const onBatch = (batch: Parameters<FileRecorder['beforeBatch']>[0]): void => {
    recorder.beforeBatch(batch);
    engine.process(batch);
  };
  new CaptureReader(onBatch, { splitUs: SLICE_US }).push(pcapFile(packets()));
  while (engine.finishSome()) await recorder.written();
  recorder.closeSlice();
  await recorder.written();
  t.after(() => store.close());
  return { store, engine, batches, intervals: batches.flatMap((batch) => batch.intervals) };
}

test('sums by zone, all of it unknown, few transactions', async (t) => {
  const { store, engine, batches, intervals } = await record(t);
  assert.equal(intervals.filter((interval) => interval.endUs > interval.startUs).length, SLICES);
  assert.ok(batches.length <= 3, `${batches.length} transactions`);
  assert.equal(
    intervals.flatMap((interval) => interval.books).reduce((sum, { bytes }) => sum + bytes, 0),
    engine.tally.bytes,
  );
  const sums: Record<string, number> = {};
  for (const interval of intervals)
    for (const kind of ['protocols', 'unknown', 'hosts'] as const)
      for (const row of interval[kind]) {
        const key = `${kind} ${row.zone}`;
        sums[key] = (sums[key] ?? 0) + row.txBytes + row.rxBytes;
      }
  const lan = SLICES * (52 + ARP.length);
  assert.deepEqual(sums, {
    'protocols internet': SLICES * (142 + 942),
    'protocols lan': lan,
    'unknown internet': SLICES * (142 + 942),
    'unknown lan': lan,
    'hosts internet': SLICES * (142 + 942),
    'hosts lan': SLICES * 52,
  });
  const { flows } = store.info();
  assert.equal(flows, engine.flows.created);
});

test('with usage-only privacy a file leaves how much moved, and no name, address or flow', async (t) => {
  const { store, engine, intervals } = await record(t, 'usage-only');
  const info = store.info();
  assert.deepEqual([info.flows, info.flowBytes, info.nameBytes], [0, 0, 0]);
  assert.ok(intervals.every(({ apps, hosts, protocols }) => apps.length + hosts.length + protocols.length === 0));
  assert.deepEqual(new Set(intervals.flatMap(({ unknown }) => unknown.map(({ name }) => name))), new Set(['file']));
  const bytes = intervals.flatMap(({ books }) => books).reduce((sum, row) => sum + row.bytes, 0);
  assert.equal(bytes, engine.tally.bytes);
});
