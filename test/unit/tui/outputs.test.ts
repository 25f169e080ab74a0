import assert from 'node:assert/strict';
import test from 'node:test';
import { plainBlock } from '@kaipo/cli/tui/plain.js';
import { tickRecord } from '@kaipo/cli/tui/tick-record.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { fakeSnapshot, HOSTILE_NAMES, START_US } from '../../tui/fake-snapshots.js';

// biome-ignore lint/suspicious/noExplicitAny: a parsed JSON record
type Json = any;
const tick = (snapshot: LiveSnapshot): Json => JSON.parse(JSON.stringify(tickRecord(snapshot)));

function noEmpties(value: Json, path = 'tick'): void {
  assert.notEqual(value, null, path);
  assert.notEqual(value, '', path);
  if (typeof value !== 'object') return;
  for (const [name, inner] of Object.entries(value)) noEmpties(inner, `${path}.${name}`);
}

test('a tick has the fields of the contract, type first', () => {
  const snapshot = fakeSnapshot(79, { notices: true });
  const record = tick(snapshot);
  assert.equal(Object.keys(record)[0], 'type');
  assert.equal(record.type, 'tick');
  assert.equal(record.ts, (START_US + 79e6) / 1e6);
  assert.equal(record.mode, 'capture+events');
  assert.deepEqual(Object.keys(record.capture), ['received', 'delivered', 'droppedByKernel', 'droppedByHelper']);
  const { received, delivered, droppedByKernel, droppedByHelper } = record.capture;
  assert.equal(received, delivered + droppedByKernel + droppedByHelper);
  assert.equal(droppedByKernel, 210);
  const { kernelBytes, attributedBytes, unknownBytes, notCapturedBytes, inFlightBytes } = record.books;
  assert.equal(kernelBytes, attributedBytes + unknownBytes + notCapturedBytes + inFlightBytes);
  for (const name of ['name', 'rxBytes', 'txBytes', 'rxPackets', 'txPackets'])
    assert.ok(name in record.interfaces[0], name);
  for (const name of ['app', 'pid', 'exe', 'user', 'unit', 'txBytes', 'rxBytes', 'quality'])
    assert.ok(name in record.apps[0], name);
  assert.equal(record.apps.find((app: Json) => app.container)?.container, 'web-frontend-1');
  assert.equal(record.flows.length, 50);
  assert.deepEqual(record.alerts, []);
  assert.deepEqual(record.flowTable, { active: 1000, capacity: 262144, refused: 0, evicted: 0 });
  noEmpties(record);
});

test('a tick tells what is known of flows, hosts and applications besides, as it is called elsewhere', () => {
  const snapshot = fakeSnapshot(9, { flows: 1 });
  const [flow] = snapshot.flows;
  const known = {
    pid: 7,
    user: 'me',
    quality: 'event',
    zone: 'internet',
    direction: 'out',
    country: 'DE',
    asn: 64_500,
  } as const;
  const said = { network: 'TEST', category: 'video', tlsVersion: '1.3', rttUs: 23_000, retransmits: 2 };
  const record = tick({
    ...snapshot,
    flows: [{ ...flow!, ...known, ...said, service: HOSTILE_NAMES[0]! }],
    hosts: [{ ...snapshot.hosts[0]!, zone: 'lan', device: { name: HOSTILE_NAMES[0]!, mac: '00:11:22:33:44:55' } }],
    apps: [{ ...snapshot.apps[0]!, service: 'YouTube' }],
  });
  for (const [name, value] of Object.entries({ ...known, ...said })) assert.equal(record.flows[0][name], value, name);
  assert.ok(!record.flows[0].application.includes('\x1b'));
  assert.equal(record.hosts[0].device.mac, '00:11:22:33:44:55');
  assert.ok(!record.hosts[0].device.name.includes('\x1b'));
  assert.equal(record.apps[0].application, 'YouTube');
  noEmpties(record);
});

test('counters: capture is four zeros, the lists of the contract are there', () => {
  const record = tick(fakeSnapshot(3, { rung: 'counters' }));
  assert.deepEqual(record.capture, { received: 0, delivered: 0, droppedByKernel: 0, droppedByHelper: 0 });
  assert.deepEqual([record.apps, record.protocols, record.alerts], [[], [], []]);
  assert.equal(record.fix, 'sudo kaipo setup');
  for (const name of ['flows', 'hosts', 'helper', 'gaps', 'flowTable', 'notices']) assert.ok(!(name in record), name);
  noEmpties(record);
});

test('counters with sockets: both outputs say what the bytes of applications are', () => {
  const snapshot = fakeSnapshot(3, { rung: 'counters', sockets: true });
  const record = tick(snapshot);
  assert.equal(record.mode, 'counters');
  assert.equal(record.appsFrom, 'tcp-sockets');
  assert.match(record.appsNote, /TCP payload only.*no packets/);
  assert.ok(record.apps.length > 0);
  noEmpties(record);
  const block = plainBlock(snapshot, { color: false });
  assert.match(block, /\n {2}applications: TCP payload only, from the kernel's socket table; no packets\n/);
  assert.match(block, /\n {2}books /);
  assert.ok(!block.includes('packets  '));
});

test('hostile text reaches neither output as control characters', () => {
  const snapshot = fakeSnapshot(3, { hostile: true, notices: true, flows: 40 });
  const line = JSON.stringify(tickRecord(snapshot));
  assert.ok(!/\\u00[019]|\\u202|[\u0080-\u009f\u202a-\u202e\u200b-\u200f]/.test(line));
  const block = plainBlock(snapshot, { color: false });
  assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u200b-\u200f]/.test(block));
  // Braces mean nothing here; every other name has lost its sting.
  assert.ok(
    HOSTILE_NAMES.every(
      (name) => name.startsWith('{') || name.startsWith('z\u0301') || !block.includes(name.slice(0, 12)),
    ),
  );
});

test('a plain block says what is seen, what was lost and how to see more', () => {
  const block = plainBlock(fakeSnapshot(39, { rung: 'capture', flows: 20 }), { color: false, width: 100 });
  assert.match(block, / {2}capture, native helper, recording, last 1 s\n/);
  assert.match(block, /to see more: sudo kaipo setup --events/);
  assert.match(block, /210 dropped \(\d\.\d\d %\)/);
  assert.match(block, /www\.youtube\.com:443 udp quic +[\d.]+ [kM]b\/s/);
  assert.match(block, /books {4}[\d.]+ MB = [\d.]+ MB attributed/);
  assert.ok(block.endsWith('\n\n'));
  assert.ok(block.split('\n').every((line) => line.length <= 100));
  const counters = plainBlock(fakeSnapshot(3, { rung: 'counters' }), { color: true });
  assert.match(counters, /\u001b\[1m\d\d:\d\d:\d\d {2}counters, recording/);
  assert.ok(!counters.includes('packets  '));
});
