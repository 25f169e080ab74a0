import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import type { DnsAnswered, DnsAsked } from '@kaipo/core/api/index.js';
import { dnsPlugin } from '@kaipo/plugins/protocols/dns/index.js';
import dnsPacket from 'dns-packet';
import { describeAnalyzerContract } from '../../contract/analyzer.contract.js';
import { type BenchPacket, CLIENT, PluginBench, SERVER } from './plugin-bench.js';

const question = (name: string, type = 'A') => ({ name, type }) as dnsPacket.Question;
const query = (...questions: dnsPacket.Question[]) =>
  dnsPacket.encode({ type: 'query', id: 0x1234, flags: 0x100, questions });
const response = (questions: dnsPacket.Question[], answers: dnsPacket.Answer[], flags = 0x8180) =>
  dnsPacket.encode({ type: 'response', id: 0x1234, flags, questions, answers });

const ask = (payload: Uint8Array, more: Partial<BenchPacket> = {}): BenchPacket => ({
  transport: 'udp',
  src: CLIENT,
  srcPort: 40_000,
  dst: SERVER,
  dstPort: 53,
  payload,
  ...more,
});
const reply = (payload: Uint8Array, more: Partial<BenchPacket> = {}): BenchPacket =>
  ask(payload, { src: SERVER, srcPort: 53, dst: CLIENT, dstPort: 40_000, ...more });

const QUERY = query(question('example.com'));
const ANSWERED = response(
  [question('example.com')],
  [
    { name: 'example.com', type: 'CNAME', data: 'www.example.net' },
    { name: 'www.example.net', type: 'A', data: '93.184.216.34', ttl: 60 },
  ],
);

const withPrefix = (...messages: Uint8Array[]) =>
  Buffer.concat(messages.flatMap((message) => [Buffer.from([message.length >> 8, message.length & 255]), message]));

test('a query and its response are two events with the asker as the client', () => {
  const bench = new PluginBench(dnsPlugin);
  const [flow] = bench.run(ask(QUERY, { tsUs: 5 }), reply(ANSWERED, { tsUs: 9 }));
  const client = { ip: '10.0.0.2', port: 40_000 };
  const server = { ip: '192.0.2.53', port: 53 };
  const shared = { client, server, id: 0x1234, protocol: 'dns', name: 'example.com', qtype: 'A' };
  assert.deepEqual(bench.events, [
    { kind: 'dns.asked', tsUs: 5, ...shared },
    { kind: 'dns.answered', tsUs: 9, ...shared, rcode: 'NOERROR', answers: ['www.example.net', '93.184.216.34'] },
  ]);
  assert.deepEqual(bench.protocols.get(flow!), { name: 'dns', evidence: 'payload' });
});

test('a question that is repeated in one message is one event; of different ones the first has the answers', () => {
  const bench = new PluginBench(dnsPlugin);
  bench.run(ask(query(question('a.example'), question('a.example'), question('a.example', 'AAAA'))));
  assert.deepEqual(
    (bench.events as DnsAsked[]).map((event) => event.qtype),
    ['A', 'AAAA'],
  );
  bench.events.length = 0;
  const answer = { name: 'a.example', type: 'A', data: '192.0.2.1' } as const;
  bench.run(reply(response([question('a.example'), question('b.example')], [answer])));
  assert.deepEqual(
    (bench.events as DnsAnswered[]).map((event) => [event.name, ...event.answers]),
    [['a.example', '192.0.2.1'], ['b.example']],
  );
});

test('a refused name has its response code and no answers', () => {
  const bench = new PluginBench(dnsPlugin);
  bench.run(reply(response([question('nope.example')], [], 0x8183)));
  const [event] = bench.events as DnsAnswered[];
  assert.equal(event?.rcode, 'NXDOMAIN');
  assert.deepEqual(event?.answers, []);
});

test('several messages in one TCP segment are all read; a message that is cut is left alone', () => {
  const bench = new PluginBench(dnsPlugin);
  const second = query(question('second.example', 'AAAA'));
  const segment = withPrefix(QUERY, second, query(question('third.example')));
  const [flow] = bench.run(ask(segment.subarray(0, segment.length - 3), { transport: 'tcp' }));
  assert.deepEqual(
    (bench.events as DnsAsked[]).map((event) => `${event.name} ${event.qtype}`),
    ['example.com A', 'second.example AAAA'],
  );
  assert.equal(bench.protocols.get(flow!)?.name, 'dns');
});

test('what is not DNS on port 53 is neither named nor reported', () => {
  const bench = new PluginBench(dnsPlugin);
  for (const text of ['GET / HTTP/1.1\r\nHost: example.com\r\n\r\n', 'SSH-2.0-OpenSSH_9.2\r\n', '\0'.repeat(64)]) {
    bench.run(ask(Buffer.from(text)), ask(Buffer.from(text), { transport: 'tcp' }));
  }
  assert.deepEqual(bench.events, []);
  assert.equal(bench.protocols.size, 0);
});

test('mDNS: several questions, UTF-8 names, and announcements without a question', () => {
  const bench = new PluginBench(dnsPlugin);
  const multicast = { srcPort: 5353, dst: [224, 0, 0, 251], dstPort: 5353 };
  const announced = response(
    [],
    [
      { name: '_ipp._tcp.local', type: 'PTR', data: 'Büro Drucker._ipp._tcp.local' },
      { name: 'printer.local', type: 'A', data: '10.0.0.9' },
      { name: 'printer.local', type: 'A', data: '10.0.0.10' },
    ],
    0x8400,
  );
  const [flow] = bench.run(
    ask(query(question('_ipp._tcp.local', 'PTR'), question('_airplay._tcp.local', 'PTR')), multicast),
    ask(announced, multicast),
  );
  assert.deepEqual(bench.protocols.get(flow!), { name: 'mdns', evidence: 'payload' });
  const events = bench.events as (DnsAsked | DnsAnswered)[];
  assert.deepEqual(
    events.map((event) => [event.kind, event.name, event.qtype, event.kind === 'dns.answered' ? event.answers : []]),
    [
      ['dns.asked', '_ipp._tcp.local', 'PTR', []],
      ['dns.asked', '_airplay._tcp.local', 'PTR', []],
      ['dns.answered', '_ipp._tcp.local', 'PTR', ['Büro Drucker._ipp._tcp.local']],
      ['dns.answered', 'printer.local', 'A', ['10.0.0.9', '10.0.0.10']],
    ],
  );
  assert.ok(events.every((event) => event.protocol === 'mdns'));
});

test('LLMNR over IPv6 is llmnr', () => {
  const bench = new PluginBench(dnsPlugin);
  const ipv6 = {
    src: [0xfe, 0x80, ...Array(13).fill(0), 2],
    dst: [0xff, 2, ...Array(11).fill(0), 1, 0, 3],
    dstPort: 5355,
  };
  bench.run(ask(query(question('fileserver')), ipv6));
  const [event] = bench.events as DnsAsked[];
  assert.equal(event?.protocol, 'llmnr');
  assert.deepEqual([event?.client.ip, event?.server.ip], ['fe80::2', 'ff02::1:3']);
});

test('DNS on a port of its own is recognised when the payload is one whole message, and not otherwise', () => {
  const bench = new PluginBench(dnsPlugin);
  const [flow] = bench.run(ask(QUERY, { dstPort: 443 }), reply(ANSWERED, { srcPort: 443 }));
  assert.equal(bench.events.length, 2);
  assert.equal(bench.protocols.get(flow!)?.name, 'dns');

  const strict = new PluginBench(dnsPlugin);
  const tail = Buffer.concat([QUERY, Buffer.from([0])]);
  const root = query(question('.'));
  strict.run(
    ask(tail, { dstPort: 443 }),
    ask(QUERY.subarray(0, QUERY.length - 1), { dstPort: 9999 }),
    ask(root, { dstPort: 9999 }),
  );
  assert.deepEqual(strict.events, []);
});

test('NetBIOS names are not DNS', () => {
  const bench = new PluginBench(dnsPlugin);
  bench.run(ask(query(question(`CK${'A'.repeat(30)}`)), { srcPort: 137, dstPort: 137 }));
  assert.deepEqual(bench.events, []);
});

test('any_port = false leaves other ports alone; an unknown key is refused by name', () => {
  const bench = new PluginBench(dnsPlugin, { any_port: false });
  bench.run(ask(QUERY, { dstPort: 443 }));
  assert.deepEqual(bench.events, []);
  assert.throws(() => dnsPlugin.parseConfig({ anyPort: false }), /unknown key "anyPort"/);
  assert.throws(() => dnsPlugin.parseConfig({ any_port: 'no' }), /any_port/);
});

test('hostile names are escaped before they are text', () => {
  const bench = new PluginBench(dnsPlugin);
  const name = Buffer.from('\u001b[2Jevil\u202e', 'utf8');
  const message = (port: number) =>
    ask(Buffer.concat([QUERY.subarray(0, 12), Buffer.from([name.length]), name, Buffer.from([0, 0, 1, 0, 1])]), {
      dstPort: port,
    });
  bench.run(message(53), message(5353));
  const [dns, mdns] = bench.events as DnsAsked[];
  assert.equal(dns?.name, '\\027[2Jevil\\226\\128\\174');
  assert.equal(mdns?.name, '\ufffd[2Jevil\ufffd');
});

test('the payloads in testdata are read as their names say', () => {
  const here = dirname(fileURLToPath(import.meta.url));
  const folder = join(here, '..', '..', '..', '..', 'plugins', 'src', 'protocols', 'dns', 'testdata');
  const files = readdirSync(folder).filter((file) => file.endsWith('.hex'));
  assert.ok(files.length >= 3);
  for (const file of files) {
    const bench = new PluginBench(dnsPlugin);
    const [expected = '', ...hex] = readFileSync(join(folder, file), 'utf8').split('\n');
    bench.run(reply(Buffer.from(hex.join('').replace(/\s/g, ''), 'hex')));
    const said = (bench.events as (DnsAsked | DnsAnswered)[]).map((event) =>
      [event.kind, event.name, event.qtype, ...(event.kind === 'dns.answered' ? event.answers : [])].join(' '),
    );
    assert.deepEqual(said, [expected.replace(/^# /, '')], file);
  }
});

describeAnalyzerContract(dnsPlugin, {
  samples: [
    QUERY,
    ANSWERED,
    withPrefix(QUERY, ANSWERED),
    query(question('_ipp._tcp.local', 'PTR'), question('x.local')),
  ],
  ports: [53, 5353, 5355, 443],
});
