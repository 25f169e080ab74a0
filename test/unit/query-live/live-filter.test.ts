// A filter over a snapshot: rows that can tell do, the others are told by their flows; and the values a field has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filteredRows } from '@kaipo/core/query/filter/live-filter.js';
import { filterValues } from '@kaipo/core/query/filter/live-filter-values.js';
import { parseFilter, type TrafficFilter } from '@kaipo/core/query/filter/traffic-filter.js';
import type { LiveFlow, LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { fakeSnapshot } from '../../tui/fake-snapshots.js';

const sums = (rx: number, tx = 0) => ({
  ...{ rxBytes: rx, txBytes: tx, rxPackets: 1, txPackets: 1 },
  ...{ rxBytesTotal: rx * 10, txBytesTotal: tx * 10 },
});

const empty = fakeSnapshot(1, { rung: 'counters' });

function flow(fields: Partial<LiveFlow> & Pick<LiveFlow, 'id'>): LiveFlow {
  return {
    transport: 'tcp',
    local: { ip: '192.168.1.5', port: 40_000 },
    remote: { ip: '198.51.100.1', port: 443 },
    startUs: empty.tsUs - 60e6,
    ...sums(1000),
    ...fields,
  };
}

const SNAPSHOT: LiveSnapshot = {
  ...empty,
  flows: [
    flow({
      id: 'video',
      ...{ transport: 'udp', protocol: 'quic', interface: 'wlan0', serverName: 'rr4.googlevideo.com' },
      ...{ app: 'firefox', pid: 7, user: 'mia', unit: 'app.slice', quality: 'event' },
      ...{ remote: { ip: '142.250.1.1', port: 443 }, zone: 'internet', direction: 'out', country: 'US' },
      ...{ asn: 15_169, network: 'GOOGLE', service: 'YouTube', category: 'video', rttUs: 23_000, tlsVersion: '1.3' },
      ...sums(2_000_000),
    }),
    flow({
      id: 'backup',
      ...{ protocol: 'ssh', interface: 'eth0', app: 'rsync', pid: 9, user: 'root', quality: 'proc-snapshot' },
      ...{ remote: { ip: '192.168.1.9', port: 22 }, zone: 'lan', direction: 'in', vendor: 'Synology' },
      ...{ retransmits: 12, startUs: empty.tsUs - 5e6, ...sums(10, 90_000) },
    }),
    flow({ id: 'nobody', interface: 'eth0', zone: 'internet', ...sums(50) }),
  ],
  apps: [
    { app: 'firefox', user: 'mia', unit: 'app.slice', quality: 'event', flows: 1, ...sums(2_000_000) },
    { app: 'rsync', user: 'root', quality: 'proc-snapshot', flows: 1, ...sums(90_000) },
    { app: 'idle', quality: 'event', flows: 0, ...sums(0) },
  ],
  processes: [
    { app: 'firefox', pid: 7, user: 'mia', unit: 'app.slice', quality: 'event', flows: 1, ...sums(2_000_000) },
    { app: 'firefox', user: 'mia', unit: 'app.slice', quality: 'event', flows: 0, ended: 3, ...sums(0) },
    { app: 'rsync', pid: 9, user: 'root', quality: 'proc-snapshot', flows: 1, ...sums(90_000) },
  ],
  hosts: [
    { ip: '142.250.1.1', name: 'one.1e100.net', zone: 'internet', country: 'US', flows: 1, ...sums(2_000_000) },
    { ip: '192.168.1.9', zone: 'lan', device: { name: 'nas', vendor: 'Synology' }, flows: 1, ...sums(90_000) },
    { ip: '198.51.100.1', zone: 'internet', flows: 1, ...sums(50) },
  ],
  protocols: [
    { name: 'quic', flows: 1, ...sums(2_000_000) },
    { name: 'ssh', flows: 1, ...sums(90_000) },
    { name: 'tcp', flows: 1, ...sums(50) },
  ],
  dns: [
    {
      ...{ kind: 'dns.answered', tsUs: empty.tsUs, id: 1, name: 'rr4.googlevideo.com', qtype: 'A', protocol: 'dns' },
      ...{ client: { ip: '192.168.1.5' }, server: { ip: '192.168.1.1', port: 53 } },
      ...{ rcode: 'NOERROR', answers: ['142.250.1.1'] },
    },
    {
      ...{ kind: 'dns.asked', tsUs: empty.tsUs, id: 2, name: 'nothing.test', qtype: 'AAAA', protocol: 'dns' },
      ...{ client: { ip: '192.168.1.5' }, server: { ip: '192.168.1.1', port: 53 } },
    },
  ],
  alerts: [
    {
      ...{ kind: 'alert.raised', tsUs: empty.tsUs, rule: 'port-scan', severity: 'critical' },
      ...{ subject: '192.168.1.9', summary: 'scans', evidence: {} },
    },
  ],
};

function parsed(text: string): TrafficFilter {
  const answer = parseFilter(text);
  assert.ok(answer.ok, text);
  return answer.filter;
}

/** What fits, as names. */
function fitting(text: string) {
  const rows = filteredRows(SNAPSHOT, parsed(text));
  return {
    flows: rows.flows.map(({ id }) => id),
    apps: rows.apps.map(({ app }) => app),
    processes: rows.processes.map(({ app, pid }) => `${app} ${pid ?? 'ended'}`),
    hosts: rows.hosts.map(({ ip }) => ip),
    protocols: rows.protocols.map(({ name }) => name),
    dns: rows.dns.map(({ name }) => name),
    alerts: rows.alerts.map(({ rule }) => rule),
  };
}

const VIDEO = {
  flows: ['video'],
  apps: ['firefox'],
  processes: ['firefox 7', 'firefox ended'],
  hosts: ['142.250.1.1'],
  protocols: ['quic'],
  dns: ['rr4.googlevideo.com'],
  alerts: [],
};
const BACKUP = {
  flows: ['backup'],
  apps: ['rsync'],
  processes: ['rsync 9'],
  hosts: ['192.168.1.9'],
  protocols: ['ssh'],
  dns: [],
  alerts: ['port-scan'],
};

test('every list tells the same story, whichever row knows', () => {
  for (const text of [
    'app:firefox',
    'service:youtube',
    'host:*.googlevideo.com',
    'country:US',
    'as:AS15169',
    'googlevideo',
  ])
    assert.deepEqual(fitting(text), VIDEO, text);
  for (const text of ['proto:ssh', 'lan', 'in', 'vendor:synology', 'retrans>10', 'port:22', 'app:rsync and not quic'])
    assert.deepEqual(fitting(text), BACKUP, text);
  assert.deepEqual(fitting('pid:7').apps, ['firefox']);
  assert.deepEqual(fitting('pid:7').processes, ['firefox 7'], 'those that ended are not that one');
});

test('numbers a row knows are its own, whatever its flows are', () => {
  assert.deepEqual(fitting('bytes<1k').hosts, ['198.51.100.1']);
  assert.deepEqual(fitting('bytes>10M').hosts, ['142.250.1.1']);
  assert.deepEqual(fitting('rate>1MB').apps, ['firefox']);
  assert.deepEqual(fitting('flows>0').apps, ['firefox', 'rsync']);
  assert.deepEqual(fitting('age<10s').flows, ['backup']);
  assert.deepEqual(fitting('rtt>20ms').hosts, ['142.250.1.1']);
});

test('what nobody owns is unknown, and rows of names and alerts have their own fields', () => {
  assert.deepEqual(fitting('unknown').flows, ['nobody']);
  assert.deepEqual(fitting('type:AAAA').dns, ['nothing.test']);
  assert.deepEqual(fitting('severity:critical').alerts, ['port-scan']);
  assert.deepEqual(fitting('severity:critical').flows, []);
  assert.deepEqual(
    filteredRows(SNAPSHOT, parsed('iface:wlan0')).interfaces.map(({ name }) => name),
    ['wlan0'],
  );
});

test('nothing asked: the lists as they are; the same question is answered once', () => {
  assert.equal(filteredRows(SNAPSHOT, parsed(' ')).flows, SNAPSHOT.flows);
  const filter = parsed('app:firefox');
  assert.equal(filteredRows(SNAPSHOT, filter), filteredRows(SNAPSHOT, filter));
  assert.equal(filteredRows(SNAPSHOT, filter).hosts, filteredRows(SNAPSHOT, filter).hosts);
  assert.notEqual(filteredRows({ ...SNAPSHOT }, filter), filteredRows(SNAPSHOT, filter));
});

test('values of a field: most bytes first; none of sizes', () => {
  assert.deepEqual(filterValues(SNAPSHOT, 'app'), ['firefox', 'rsync', 'idle']);
  assert.deepEqual(filterValues(SNAPSHOT, 'interface').slice(0, 2), ['wlan0', 'eth0']);
  assert.deepEqual(filterValues(SNAPSHOT, 'service'), ['YouTube']);
  assert.deepEqual(filterValues(SNAPSHOT, 'rule'), ['port-scan']);
  assert.deepEqual(filterValues(SNAPSHOT, 'qtype'), ['A', 'AAAA']);
  assert.ok(filterValues(SNAPSHOT, 'port').includes('22'));
  for (const name of ['bytes', 'age', 'nothing']) assert.deepEqual(filterValues(SNAPSHOT, name), [], name);
});

test('a snapshot of a recorder that tells less is filtered too', () => {
  const snapshot = fakeSnapshot(3, { older: true, flows: 500 });
  const rows = filteredRows(snapshot, parsed('app:firefox and country:DE'));
  assert.deepEqual([rows.flows, rows.processes], [[], []]);
  assert.ok(filteredRows(snapshot, parsed('app:firefox')).hosts.length > 0);
});
