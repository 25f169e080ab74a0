// The filter language: what fits, what is wrong and where, what may follow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowRecord } from '@kaipo/core/api/index.js';
import { completeFilter } from '@kaipo/core/query/filter/filter-completion.js';
import { FIELD_NAMES, FILTER_FIELDS, FILTER_FLAGS, fieldNamed } from '@kaipo/core/query/filter/filter-fields.js';
import { FLOW_RECORD_FIELDS } from '@kaipo/core/query/filter/flow-record-fields.js';
import { filterAsked, parseFilter } from '@kaipo/core/query/filter/traffic-filter.js';
import fc from 'fast-check';

const FLOWS: Readonly<Record<string, FlowRecord>> = {
  video: flow({
    transport: 'udp',
    protocol: 'quic',
    client: side('192.168.1.5', 50_000, 200_000),
    server: side('142.250.185.78', 443, 20_000_000),
    serverName: 'rr4.googlevideo.com',
    application: 'YouTube',
    category: 'video',
    localSide: 'client',
    interface: 'wlan0',
    serverCountry: 'US',
    serverAsn: 15_169,
    serverNetwork: 'GOOGLE',
    owner: { app: 'Firefox', pid: 4711, user: 'mia', quality: 'event' },
    health: { serverRttUs: 23_000, serverRetransmits: 12 },
    startUs: 0,
    endUs: 600e6,
  }),
  ssh: flow({
    transport: 'tcp',
    protocol: 'ssh',
    client: side('2001:db8::7', 41_000, 4_000),
    server: side('2001:db8::1', 22, 9_000),
    localSide: 'server',
    interface: 'eth0',
    owner: { app: 'sshd', pid: 1, user: 'root', unit: 'ssh.service', quality: 'inherited' },
    startUs: 0,
    endUs: 2e6,
  }),
  printer: flow({
    transport: 'tcp',
    client: side('192.168.1.5', 50_001, 900),
    server: side('192.168.1.77', 9100, 100),
    localSide: 'client',
    startUs: 5,
    endUs: 5,
  }),
};

const FITS: readonly (readonly [filter: string, fitting: string])[] = [
  ['', 'video ssh printer'],
  ['app:firefox', 'video'],
  ['app:fire', 'video'],
  ['app=fire', ''],
  ['app=FIREFOX', 'video'],
  ['app!=firefox', 'ssh printer'],
  ['app != firefox', 'ssh printer'],
  ['bytes > 1MB and app = firefox', 'video'],
  ['bytes >1MB', 'video'],
  ['app:f*x', 'video'],
  ['app:?sh', ''],
  ['app:/^(ssh|fire)/', 'video ssh'],
  ['app~^s.*d$', 'ssh'],
  ['app:firefox and not lan', 'video'],
  ['not app:firefox', 'ssh printer'],
  ['!app:firefox !lan', 'ssh'],
  ['host:*.googlevideo.com', 'video'],
  ['host:google', 'video'],
  ['host:192.168.1.77', 'printer'],
  ['host:192.168.0.0/16', 'printer'],
  ['host:2001:db8::/32', 'ssh'],
  ['host:2001:DB8:0::7', 'ssh'],
  ['host:10.0.0.0/8,142.250.0.0/15', 'video'],
  ['local:192.168.0.0/16', 'video printer'],
  ['port:443', 'video'],
  ['port:22,443', 'video ssh'],
  ['port:9000-9999', 'printer'],
  ['port>=50000', 'video printer'],
  ['proto:quic', 'video'],
  ['proto:tcp', 'ssh printer'],
  ['tcp', 'ssh printer'],
  ['udp or ssh', 'video ssh'],
  ['bytes>10M', 'video'],
  ['bytes>10MB bytes<20.3M', 'video'],
  ['bytes>19MiB', 'video'],
  ['bytes:900-13k', 'ssh printer'],
  ['rx>10M', 'video'],
  ['tx>=9k tx<=200kB', 'video ssh'],
  ['rate>30kB', 'video printer'],
  ['rate>260kb', 'video printer'],
  ['country:us', 'video'],
  ['as:15169', 'video'],
  ['as:google', 'video'],
  ['zone:lan', 'printer'],
  ['quality:unknown', 'printer'],
  ['unknown', 'printer'],
  ['quality:event,inherited', 'video ssh'],
  ['user:root', 'ssh'],
  ['pid:4711', 'video'],
  ['unit:ssh', 'ssh'],
  ['iface:wlan0', 'video'],
  ['ipv6', 'ssh'],
  ['in', 'ssh'],
  ['out', 'video printer'],
  ['age>5m', 'video'],
  ['rtt>20ms', 'video'],
  ['retrans>=12', 'video'],
  ['category:video', 'video'],
  ['YouTube', 'video'],
  ['"rr4.googlevideo.com"', 'video'],
  ['"YouTube" and (in or out) && !(lan || ssh)', 'video'],
  ['app:firefox or in and lan', 'video'],
  ['(app:firefox or in) and lan', ''],
];

test('what fits', () => {
  for (const [text, fitting] of FITS) {
    const parsed = parseFilter(text);
    assert.ok(parsed.ok, `${text}: ${parsed.ok ? '' : parsed.problem.message}`);
    const fits = parsed.filter.over(FLOW_RECORD_FIELDS);
    const names = Object.keys(FLOWS).filter((name) => fits(FLOWS[name]!) === true);
    assert.equal(names.join(' '), fitting, text);
  }
});

const WRONG: readonly (readonly [filter: string, at: number, message: RegExp, fix?: string])[] = [
  ['ap:firefox', 0, /no field "ap"/, 'app:'],
  ['app:', 4, /value is missing/],
  ['app:firefox or', 14, /something to look for/],
  ['and app:x', 0, /something to look for/],
  ['(app:x', 0, /not closed/],
  ['app:x)', 5, /closes nothing/],
  ['port:http', 5, /takes a number/, 'port:443'],
  ['port:44x', 5, /takes a number/],
  ['bytes>big', 6, /takes a size/, 'bytes>10M'],
  ['rtt>5q', 4, /takes a time/],
  ['app>5', 4, /not a number/, 'app:5'],
  ['app:/(/', 4, /not a regular expression/],
  ['app:/x', 4, /does not end/],
  ['"x', 0, /does not end/],
  ['host:10.0.0.0/33', 5, /0 to 32 bits/],
  ['host:::1/129', 5, /0 to 128 bits/],
  ['tcp not', 7, /something to look for/],
  [`${'('.repeat(40)}x${')'.repeat(40)}`, 32, /at most 32/],
  [`port:${'1,'.repeat(80)}1`, 165, /at most 64/],
  ['x'.repeat(1001), 1000, /at most 1000/],
];

test('what is wrong, and where', () => {
  for (const [text, at, message, fix] of WRONG) {
    const parsed = parseFilter(text);
    assert.ok(!parsed.ok, text);
    assert.match(parsed.problem.message, message, text);
    assert.equal(parsed.problem.at, at, text);
    if (fix !== undefined) assert.equal(parsed.problem.fix, fix, text);
  }
});

test('a command marks the column', () => {
  assert.throws(() => filterAsked('app:x prot:udp', FLOW_RECORD_FIELDS), {
    code: 'KAIPO_USAGE',
    message: 'the filter is not understood at column 7: there is no field "prot"\n    app:x prot:udp\n          ^^^^',
    fix: 'proto:',
  });
  assert.throws(() => filterAsked('rcode:NXDOMAIN', FLOW_RECORD_FIELDS), { message: /no field "rcode"/ });
});

test('rows that cannot tell decide nothing, unless the rest decides', () => {
  const hosts = { host: (ip: string) => ip };
  const ask = (text: string, ip: string) => filterOf(text).over(hosts)(ip);
  assert.equal(ask('app:x', '10.0.0.1'), undefined);
  assert.equal(ask('not app:x', '10.0.0.1'), undefined);
  assert.equal(ask('app:x host:10.0.0.1', '10.0.0.1'), undefined);
  assert.equal(ask('app:x host:10.0.0.1', '10.0.0.2'), false);
  assert.equal(ask('app:x or host:10.0.0.1', '10.0.0.1'), true);
  assert.equal(ask('app:x or host:10.0.0.1', '10.0.0.2'), undefined);
});

test('every field says what it is, by an example that is understood', () => {
  assert.equal(new Set(FIELD_NAMES).size, FIELD_NAMES.length);
  for (const { name, example, of } of FILTER_FIELDS) {
    assert.equal(fieldNamed(example.split(/[:>]/)[0]!)?.name, name);
    assert.deepEqual([...filterOf(example).fields], [name]);
    assert.equal(name in FLOW_RECORD_FIELDS, of === 'flows', name);
  }
  for (const [flag, [name]] of FILTER_FLAGS) assert.deepEqual([...filterOf(flag).fields], [name]);
});

test('completion: names, their values, whatever stands before the cursor', () => {
  const values: Record<string, string[]> = { app: ['firefox', 'my app', 'curl'], proto: ['tls', 'dtls', 'quic'] };
  const complete = (text: string, cursor = text.length) => {
    const { from, to, options } = completeFilter(text, cursor, (field) => values[field] ?? []);
    return options.map((option) => text.slice(0, from) + option.text + text.slice(to));
  };
  assert.deepEqual(complete('ap'), ['app:']);
  assert.deepEqual(complete('not (po'), ['not (port:']);
  assert.deepEqual(complete('!ap'), ['!app:']);
  assert.deepEqual(complete('by'), ['bytes>']);
  assert.deepEqual(complete('app:'), ['app:firefox', 'app:"my app"', 'app:curl']);
  assert.deepEqual(complete('app:"my'), ['app:"my app"']);
  assert.deepEqual(complete('proto:tl'), ['proto:tls', 'proto:dtls']);
  assert.deepEqual(complete('proto:tls,q'), ['proto:tls,quic']);
  assert.deepEqual(complete('zone:i and app:x', 6), ['zone:internet and app:x']);
  assert.deepEqual(complete('la'), ['lan']);
  assert.ok(complete('').length > 5);
});

test('no text makes it fail in another way than with a place in the text', () => {
  const pieces = fc.constantFrom(
    'app',
    'port',
    ':',
    '>',
    '(',
    ')',
    ' ',
    'or',
    'not',
    '!',
    '"',
    '/',
    '\\',
    ',',
    '*',
    '10',
    'é',
    '[',
  );
  const texts = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseFilter(text);
      completeFilter(text, text.length, () => ['x']);
      if (parsed.ok) for (const row of Object.values(FLOWS)) parsed.filter.over(FLOW_RECORD_FIELDS)(row);
      else assert.ok(parsed.problem.at >= 0 && parsed.problem.at <= text.length);
    }),
    { numRuns: 2000 },
  );
});

function filterOf(text: string) {
  const parsed = parseFilter(text);
  assert.ok(parsed.ok, text);
  return parsed.filter;
}

function side(ip: string, port: number, bytes: number) {
  return { ip, port, bytes, packets: Math.ceil(bytes / 1000) };
}

function flow(fields: Omit<FlowRecord, 'id'>): FlowRecord {
  return { id: '0000000000000000', ...fields };
}
