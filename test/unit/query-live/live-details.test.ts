// Everything known of one row: what is told of each kind, how it is known, and that names cannot do harm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowRecord } from '@kaipo/core/api/index.js';
import {
  type DetailKnowledge,
  type LiveDetails,
  type LiveSubject,
  liveDetails,
} from '@kaipo/core/query/live-details.js';
import { appSubject, flowSubject, hostSubject, processSubject } from '@kaipo/core/query/live-subject.js';
import { fakeSnapshot, HOSTILE_NAMES } from '../../tui/fake-snapshots.js';

const SNAPSHOT = fakeSnapshot(30, { flows: 200 });
const NOW = SNAPSHOT.tsUs;

const RECORD: FlowRecord = {
  id: '0000000100000001',
  transport: 'tcp',
  client: { ip: '192.168.1.5', port: 50_000, packets: 10, bytes: 1500 },
  server: { ip: '142.250.1.1', port: 443, packets: 20, bytes: 90_000 },
  startUs: NOW - 65e6,
  endUs: NOW,
  localSide: 'client',
  interface: 'wlan0',
  protocol: 'tls',
  protocolFrom: 'payload',
  serverName: 'www.youtube.com',
  serverNameFrom: 'sni',
  application: 'YouTube',
  category: 'video',
  tlsVersion: '1.3',
  tlsCipher: 'TLS_AES_128_GCM_SHA256',
  alpn: ['h2', 'http/1.1'],
  ja4: 't13d1516h2_8daaf6152771_b186095e22b6',
  certificate: {
    subject: 'CN=*.google.com',
    issuer: 'CN=GTS',
    names: ['*.google.com'],
    notBefore: 0,
    notAfter: 86_400,
  },
  clientSoftware: 'curl/8',
  communityId: '1:abc',
  owner: { app: 'firefox', pid: 7, exe: '/usr/bin/firefox', quality: 'event', parents: [{ pid: 1, app: 'systemd' }] },
  health: { serverHandshakeUs: 12_000, serverLastRttUs: 23_000, clientRetransmits: 2 },
};

const KNOWLEDGE: DetailKnowledge = {
  recordOf: (id) => (id === RECORD.id ? RECORD : undefined),
  answerOf: (ip) =>
    ip === RECORD.server.ip ? { name: 'youtube-ui.l.google.com', tsUs: NOW - 70e6, server: '192.168.1.1' } : undefined,
  placeOf: () => ({ country: 'US', asn: 15_169, network: 'GOOGLE' }),
  deviceOf: () => ({ name: 'nas', vendor: 'Synology', mac: '00:11:32:00:00:01', firstUs: NOW - 1e6 }),
  processOf: (pid) => ({
    app: pid === 7 ? 'firefox' : 'other',
    startUs: NOW - 3600e6,
    parents: [{ pid: 2, app: 'gnome' }],
  }),
};

/** `section/name` by value and how it is known. */
function told(details: LiveDetails | undefined): Record<string, string> {
  assert.ok(details !== undefined);
  return Object.fromEntries(
    details.sections.flatMap(({ title, rows }) =>
      rows.map(({ name, value, from }) => [`${title}/${name}`, from === undefined ? value : `${value} (${from})`]),
    ),
  );
}

test('a flow: ends, protocol, encryption, owner, health, and what each is known from', () => {
  const details = liveDetails(flowSubject(RECORD), SNAPSHOT, KNOWLEDGE);
  const rows = told(details);
  assert.equal(details?.title, '192.168.1.5:50000 ▸ www.youtube.com');
  assert.equal(rows['Flow/server name'], 'www.youtube.com (SNI: the client asked for it)');
  assert.equal(rows['Flow/protocol'], 'tls (its own bytes)');
  assert.match(rows['Flow/began']!, /^\d\d:\d\d:\d\d, 1 min 5 s ago/);
  assert.match(
    rows['Other end/name']!,
    /^youtube-ui\.l\.google\.com \(DNS answer of 192\.168\.1\.1 at \d\d:\d\d:\d\d\)$/,
  );
  assert.equal(rows['Other end/network'], 'AS15169 GOOGLE (database of networks)');
  assert.equal(rows['Other end/sent'], '90.0 kB in 20 packets');
  assert.equal(rows['This side/software'], 'curl/8 (it told itself)');
  assert.equal(rows['Owner/application'], 'firefox (the kernel told which process opened the socket)');
  assert.equal(rows['Owner/started by'], 'systemd (1) (kernel events)');
  assert.match(rows['Owner/started']!, /1 h 0 min ago$/);
  assert.equal(rows['Encryption/ALPN offered'], 'h2, http/1.1 (ClientHello)');
  assert.equal(rows['Certificate/valid'], '1970-01-01 to 1970-01-02 (as it was sent)');
  assert.equal(rows['Health/server, handshake'], '12.0 ms (SYN and its answer)');
  assert.equal(rows['Health/sent again'], '2 by the client, 0 by the server (sequence numbers)');
});

test('a flow that has ended is told of once more, and then no more', () => {
  const subject = flowSubject({ id: 'ffffffff00000001' });
  const flow = { ...RECORD, id: subject.key };
  const over = liveDetails(subject, SNAPSHOT, KNOWLEDGE, [{ kind: 'flow.ended', tsUs: NOW, reason: 'closed', flow }]);
  assert.equal(over?.endedUs, NOW);
  assert.match(told(over)['Flow/ended']!, /closed by TCP$/);
  assert.equal(liveDetails(subject, SNAPSHOT, KNOWLEDGE), undefined);
});

test('an application, a process, a host: from rows alone, and with what else is known', () => {
  const [app] = SNAPSHOT.apps;
  const process = SNAPSHOT.processes?.find(({ pid }) => pid !== undefined);
  const [host] = SNAPSHOT.hosts;
  const subjects: LiveSubject[] = [appSubject(app!), processSubject(process!), hostSubject(host!)];
  for (const subject of subjects) {
    for (const knowledge of [{}, KNOWLEDGE]) {
      const details = liveDetails(subject, SNAPSHOT, knowledge);
      assert.ok(details !== undefined && details.sections.length > 1, subject.kind);
      assert.deepEqual(details.subject, subject);
    }
  }
  const rows = told(liveDetails(subjects[2]!, SNAPSHOT, KNOWLEDGE));
  assert.equal(rows['Host/country'], 'US (database of countries)');
  assert.equal(rows['Device/vendor'], 'Synology (hardware address)');
  assert.ok('Traffic/received' in rows);
  assert.ok(Object.keys(rows).some((name) => name.startsWith('Applications/')));
  assert.ok(Object.keys(rows).some((name) => name.startsWith('Ports/')));
  for (const subject of subjects)
    assert.equal(liveDetails({ ...subject, key: 'nothing' }, SNAPSHOT, KNOWLEDGE), undefined);
});

test('a number that another process has by now says nothing of this one', () => {
  const owner = { app: 'gone', pid: 9, quality: 'proc-snapshot' } as const;
  const knowledge: DetailKnowledge = { ...KNOWLEDGE, recordOf: () => ({ ...RECORD, owner }) };
  const rows = told(liveDetails(flowSubject(RECORD), SNAPSHOT, knowledge));
  assert.deepEqual([rows['Owner/started'], rows['Owner/started by']], [undefined, undefined]);
});

test('names cannot do harm, and nothing is longer than a screen can draw', () => {
  const hostile = fakeSnapshot(30, { hostile: true, flows: 500 });
  const name = HOSTILE_NAMES.join('');
  const knowledge: DetailKnowledge = {
    ...KNOWLEDGE,
    recordOf: () => ({ ...RECORD, serverName: name.repeat(9), subject: name, owner: { ...RECORD.owner!, exe: name } }),
    deviceOf: () => ({ name, vendor: name, mac: name }),
    placeOf: () => ({ network: name, asn: 1 }),
  };
  const subjects = [
    flowSubject(RECORD),
    ...hostile.hosts.slice(0, 5).map(hostSubject),
    ...hostile.apps.map(appSubject),
  ];
  for (const subject of subjects) {
    const details = liveDetails(subject, hostile, knowledge);
    assert.ok(details !== undefined && details.sections.length <= 12);
    assert.ok(details.title.length <= 256 && !details.title.includes('\x1b'));
    for (const { rows } of details.sections) {
      assert.ok(rows.length <= 24);
      for (const text of rows.flatMap((row) => [row.name, row.value, row.from ?? '']))
        assert.ok(text.length <= 256 && !/[\x00-\x1f\x7f-\x9f\u202e]/.test(text), JSON.stringify(text));
    }
  }
});
