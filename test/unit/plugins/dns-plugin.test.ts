import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { type DnsAnswered, type DnsAsked, MATCH } from '@kaipo/core/api/index.js';
import { dnsPlugin } from '@kaipo/plugins/protocols/dns/index.js';
import dnsPacket from 'dns-packet';
import fc from 'fast-check';
import { describeProtocolContract } from '../../contract/protocol.contract.js';
import { START_NS } from '../../fixtures/packet-list.js';
import { probeOf, protocolsOf } from '../../fixtures/probe.js';
import { below, seededRandom } from '../../fixtures/seeded-random.js';
import { CLIENT_END, ProtocolBench, type Said, SERVER_END } from './protocol-bench.js';

const question = (name: string, type = 'A') => ({ name, type }) as dnsPacket.Question;
const query = (...questions: dnsPacket.Question[]) =>
  dnsPacket.encode({ type: 'query', id: 0x1234, flags: 0x100, questions });
const response = (questions: dnsPacket.Question[], answers: dnsPacket.Answer[], flags = 0x8180) =>
  dnsPacket.encode({ type: 'response', id: 0x1234, flags, questions, answers });

const ask = (payload: Uint8Array, more: Partial<Said> = {}): Said => ({
  transport: 'udp',
  from: CLIENT_END,
  to: SERVER_END,
  payload,
  ...more,
});
const reply = (payload: Uint8Array, more: Partial<Said> = {}): Said =>
  ask(payload, { from: SERVER_END, to: CLIENT_END, ...more });
const at = (port: number) => ({ ...SERVER_END, port });
/** Microseconds since the epoch of packet `n`. */
const timeOf = (n: number): number => Number(START_NS / 1000n) + n * 1000;

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
  const bench = new ProtocolBench(dnsPlugin);
  bench.run(ask(QUERY), reply(ANSWERED));
  const shared = {
    client: CLIENT_END,
    server: SERVER_END,
    id: 0x1234,
    protocol: 'dns',
    name: 'example.com',
    qtype: 'A',
  };
  assert.deepEqual(bench.events, [
    { kind: 'dns.asked', tsUs: timeOf(0), ...shared },
    {
      kind: 'dns.answered',
      tsUs: timeOf(1),
      ...shared,
      rcode: 'NOERROR',
      latencyUs: timeOf(1) - timeOf(0),
      answers: ['www.example.net', '93.184.216.34'],
    },
  ]);
  const [flow] = bench.finish();
  assert.deepEqual([flow?.protocol, flow?.protocolFrom], ['dns', 'payload']);
});

test('who answers is the server, also when the capture begins with the answer or a server asks', () => {
  const bench = new ProtocolBench(dnsPlugin);
  bench.run(reply(ANSWERED), reply(QUERY), ask(ANSWERED));
  assert.deepEqual(
    (bench.events as DnsAsked[]).map(({ client, server }) => [client.ip, server.ip]),
    [
      [CLIENT_END.ip, SERVER_END.ip],
      [SERVER_END.ip, CLIENT_END.ip],
      [SERVER_END.ip, CLIENT_END.ip],
    ],
  );
});

test('a question that is repeated in one message is one event; of different ones the first has the answers', () => {
  const bench = new ProtocolBench(dnsPlugin);
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
  const bench = new ProtocolBench(dnsPlugin);
  bench.run(reply(response([question('nope.example')], [], 0x8183)));
  const [event] = bench.events as DnsAnswered[];
  assert.equal(event?.rcode, 'NXDOMAIN');
  assert.deepEqual(event?.answers, []);
});

test('an error without a question is taken for one when it has the number of the question', () => {
  const error = Buffer.from('123481810000000000000000', 'hex');
  const bench = new ProtocolBench(dnsPlugin);
  bench.run(ask(Buffer.concat([QUERY.subarray(0, 2), Buffer.alloc(20, 0xff)])), reply(error));
  assert.equal(bench.finish()[0]?.protocol, 'dns');
  const alone = new ProtocolBench(dnsPlugin);
  alone.run(reply(error));
  assert.equal(alone.finish()[0]?.protocol, undefined);
});

test('several messages in one TCP segment are all read; a message that is cut is left alone', () => {
  const bench = new ProtocolBench(dnsPlugin);
  const second = query(question('second.example', 'AAAA'));
  const segment = withPrefix(QUERY, second, query(question('third.example')));
  bench.run(ask(segment.subarray(0, segment.length - 3), { transport: 'tcp' }));
  assert.equal(bench.finish()[0]?.protocol, 'dns');
  assert.deepEqual(
    (bench.events as DnsAsked[]).map((event) => `${event.name} ${event.qtype}`),
    ['example.com A', 'second.example AAAA'],
  );
});

test('messages over TCP are read however they are cut into segments', () => {
  const stream = withPrefix(QUERY, query(question('second.example', 'AAAA')), query(question('third.example')));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 12 }), (cuts) => {
      const edges = [...new Set([0, ...cuts, stream.length])].sort((a, b) => a - b);
      const bench = new ProtocolBench(dnsPlugin);
      bench.connect();
      bench.run(...edges.slice(1).map((end, i) => ask(stream.subarray(edges[i], end), { transport: 'tcp' })));
      assert.deepEqual(
        (bench.events as DnsAsked[]).map((event) => event.name),
        ['example.com', 'second.example', 'third.example'],
      );
      assert.deepEqual(bench.faults, []);
    }),
    { numRuns: 60 },
  );
});

test('an answer of 40 KB over forty segments is read, with at most 64 answers', () => {
  const records = Array.from({ length: 1_500 }, (_, i) => ({
    name: 'big.example',
    type: 'A' as const,
    data: `10.0.${i >> 8}.${i & 255}`,
  }));
  const stream = withPrefix(response([question('big.example')], records));
  assert.ok(stream.length > 40_000);
  const bench = new ProtocolBench(dnsPlugin);
  bench.connect();
  bench.run(ask(withPrefix(QUERY), { transport: 'tcp' }));
  for (let from = 0; from < stream.length; from += 1_000)
    bench.run(reply(stream.subarray(from, from + 1_000), { transport: 'tcp' }));
  const answered = (bench.events as DnsAnswered[]).filter((event) => event.kind === 'dns.answered');
  assert.deepEqual(
    answered.map((event) => event.answers.length),
    [64],
  );
});

test('a TCP connection is followed again after bytes that are missing', () => {
  const bench = new ProtocolBench(dnsPlugin);
  bench.connect();
  const tcp = { transport: 'tcp' } as const;
  const lost = withPrefix(query(question('lost.example')));
  bench.run(
    ask(withPrefix(QUERY), tcp),
    // The end of a message whose beginning is missing, then whole ones.
    ask(lost.subarray(9), { ...tcp, lostBytes: 9 }),
    ...Array.from({ length: 40 }, (_, i) => ask(withPrefix(query(question(`n${i}.example`))), tcp)),
  );
  bench.finish();
  const names = (bench.events as DnsAsked[]).map((event) => event.name);
  assert.deepEqual(names, ['example.com', ...Array.from({ length: 40 }, (_, i) => `n${i}.example`)]);
  assert.deepEqual(bench.faults, []);
});

test('a TCP connection that is met in the middle of a message is read from the next one on', () => {
  const bench = new ProtocolBench(dnsPlugin);
  const stream = withPrefix(ANSWERED);
  bench.run(
    reply(stream.subarray(20), { transport: 'tcp' }),
    reply(withPrefix(response([question('next.example')], [])), { transport: 'tcp' }),
  );
  assert.deepEqual(
    (bench.events as DnsAnswered[]).map((event) => event.name),
    ['next.example'],
  );
});

test('of messages that the snaplen cuts the question is read, over UDP and over TCP', () => {
  for (const transport of ['udp', 'tcp'] as const) {
    const bench = new ProtocolBench(dnsPlugin);
    const messages = [
      response([question('cut.example')], [{ name: 'cut.example', type: 'TXT', data: 'x'.repeat(200) }]),
    ];
    const payload = transport === 'tcp' ? withPrefix(...messages) : messages[0]!;
    if (transport === 'tcp') bench.connect();
    bench.run(reply(payload, { transport, snaplen: 120 }), ask(withPrefix(QUERY), { transport: 'tcp' }));
    bench.finish();
    assert.deepEqual(
      (bench.events as DnsAnswered[]).map((event) => event.name).filter((name) => name !== 'example.com'),
      ['cut.example'],
      transport,
    );
  }
});

test('what is not DNS on port 53 is neither named nor reported', () => {
  const bench = new ProtocolBench(dnsPlugin);
  for (const text of ['GET / HTTP/1.1\r\nHost: example.com\r\n\r\n', 'SSH-2.0-OpenSSH_9.2\r\n', '\0'.repeat(64)]) {
    bench.run(ask(Buffer.from(text)), ask(Buffer.from(text), { transport: 'tcp' }));
  }
  assert.deepEqual(bench.events, []);
  assert.ok(bench.finish().every((flow) => flow.protocol === undefined));
});

test('mDNS: several questions, UTF-8 names, and announcements without a question', () => {
  const bench = new ProtocolBench(dnsPlugin);
  const multicast = { from: { ...CLIENT_END, port: 5353 }, to: { ip: '224.0.0.251', port: 5353 } };
  const announced = response(
    [],
    [
      { name: '_ipp._tcp.local', type: 'PTR', data: 'Büro Drucker._ipp._tcp.local' },
      { name: 'printer.local', type: 'A', data: '10.0.0.9' },
      { name: 'printer.local', type: 'A', data: '10.0.0.10' },
    ],
    0x8400,
  );
  bench.run(
    ask(query(question('_ipp._tcp.local', 'PTR'), question('_airplay._tcp.local', 'PTR')), multicast),
    ask(announced, multicast),
  );
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
  const [flow] = bench.finish();
  assert.deepEqual([flow?.protocol, flow?.protocolFrom], ['mdns', 'payload']);
});

test('LLMNR over IPv6 is llmnr', () => {
  const bench = new ProtocolBench(dnsPlugin);
  bench.run(
    ask(query(question('fileserver')), {
      from: { ip: 'fe80::2', port: 40_000 },
      to: { ip: 'ff02::1:3', port: 5355 },
    }),
  );
  const [event] = bench.events as DnsAsked[];
  assert.equal(event?.protocol, 'llmnr');
  assert.deepEqual([event?.client.ip, event?.server.ip], ['fe80::2', 'ff02::1:3']);
});

test('DNS on a port of its own is recognised when the payload is one whole message, and not otherwise', () => {
  for (const transport of ['udp', 'tcp'] as const) {
    const wrapped = (message: Uint8Array) => (transport === 'tcp' ? withPrefix(message) : message);
    const bench = new ProtocolBench(dnsPlugin);
    bench.run(ask(wrapped(QUERY), { transport, to: at(443) }), reply(wrapped(ANSWERED), { transport, from: at(443) }));
    assert.equal(bench.events.length, 2);
    assert.equal(bench.finish()[0]?.protocol, 'dns');

    const strict = new ProtocolBench(dnsPlugin);
    strict.run(
      ask(wrapped(Buffer.concat([QUERY, Buffer.from([0])])), { transport, to: at(443) }),
      ask(wrapped(QUERY.subarray(0, QUERY.length - 1)), { transport, to: at(9999) }),
      ask(wrapped(query(question('.'))), { transport, to: at(9998) }),
    );
    assert.deepEqual(strict.events, []);
    assert.ok(strict.finish().every((flow) => flow.protocol === undefined));
  }
});

test('NetBIOS names are not DNS', () => {
  const bench = new ProtocolBench(dnsPlugin);
  bench.run(ask(query(question(`CK${'A'.repeat(30)}`)), { from: { ...CLIENT_END, port: 137 }, to: at(137) }));
  assert.deepEqual(bench.events, []);
});

test('any_port = false leaves other ports alone; an unknown key is refused by name', () => {
  const bench = new ProtocolBench(dnsPlugin, { any_port: false });
  bench.run(ask(QUERY, { to: at(443) }));
  assert.deepEqual(bench.events, []);
  assert.throws(() => dnsPlugin.parseConfig({ anyPort: false }), /unknown key "anyPort"/);
  assert.throws(() => dnsPlugin.parseConfig({ any_port: 'no' }), /any_port/);
});

test('hostile names are escaped before they are text', () => {
  const bench = new ProtocolBench(dnsPlugin);
  const name = Buffer.from('\u001b[2Jevil\u202e', 'utf8');
  const message = (port: number) =>
    ask(Buffer.concat([QUERY.subarray(0, 12), Buffer.from([name.length]), name, Buffer.from([0, 0, 1, 0, 1])]), {
      to: at(port),
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
    const bench = new ProtocolBench(dnsPlugin);
    const [expected = '', ...hex] = readFileSync(join(folder, file), 'utf8').split('\n');
    bench.run(reply(Buffer.from(hex.join('').replace(/\s/g, ''), 'hex')));
    const said = (bench.events as (DnsAsked | DnsAnswered)[]).map((event) =>
      [event.kind, event.name, event.qtype, ...(event.kind === 'dns.answered' ? event.answers : [])].join(' '),
    );
    assert.deepEqual(said, [expected.replace(/^# /, '')], file);
  }
});

test('on its own ports chance is not taken for DNS', () => {
  const random = seededRandom(7);
  const specs = protocolsOf(dnsPlugin);
  const shapes: ((at: number) => number)[] = [
    () => below(random, 256),
    () => below(random, 4),
    () => (below(random, 9) === 0 ? below(random, 256) : 0),
    (i) => (i % 4 === 3 ? i >> 2 : 0),
    () => 32 + below(random, 95),
  ];
  let named = 0;
  for (let round = 0; round < 60_000; round++) {
    const shape = shapes[round % shapes.length]!;
    const bytes = Uint8Array.from({ length: 1 + below(random, 200) }, (_, i) => shape(i));
    const spec = specs[round % specs.length]!;
    const probe = probeOf(bytes, { transport: round % 2 === 0 ? 17 : 6, serverPort: spec.ports![0]! });
    if (spec.probe(probe) === MATCH) named += 1;
  }
  assert.ok(named <= 1, `${named} of 60,000`);
});

describeProtocolContract(dnsPlugin, {
  samples: [
    QUERY,
    ANSWERED,
    withPrefix(QUERY, ANSWERED),
    query(question('_ipp._tcp.local', 'PTR'), question('x.local')),
  ],
  ports: [53, 5353, 5355, 443],
});
