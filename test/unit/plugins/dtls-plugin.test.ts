// DTLS from values: fragments, datagrams sent twice, what else travels on the same ports, and noise.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FlowDetails, FlowReader, ProtocolFlow } from '@kaipo/core/api/index.js';
import { DONE, MATCH, NOT_MINE } from '@kaipo/core/api/index.js';
import { dtlsPlugin } from '@kaipo/plugins/protocols/dtls/index.js';
import { ascii, be8, be16, joined } from '../../fixtures/bytes.js';
import { COMMON_NAME, makeCertificate, UTF8_STRING } from '../../fixtures/certificates.js';
import { probeOf, protocolsOf } from '../../fixtures/probe.js';
import { below, randomBytes, seededRandom } from '../../fixtures/seeded-random.js';
import {
  certificateBody,
  clientHelloBody,
  dtlsFragment,
  dtlsRecord,
  extension,
  serverHelloBody,
  serverName,
} from '../../fixtures/tls-messages.js';

const [protocol] = protocolsOf(dtlsPlugin);
if (protocol === undefined) throw new Error('dtls registers no protocol');

const certificate = makeCertificate({ subject: [[COMMON_NAME, UTF8_STRING, ascii('media.example')]] });
const hello = clientHelloBody({
  version: 0xfefd,
  cookie: be8(),
  extensions: [serverName('media.example'), extension(21, new Uint8Array(400))],
});
const answer = serverHelloBody(0xfefd, 0xc02b);
const chain = certificateBody(certificate.der);
const SEEN = { serverName: 'media.example', tlsVersion: 'dtls1.2', subject: 'CN=media.example' };

function opened(): { reader: FlowReader; seen: () => Record<string, unknown>; has: () => FlowDetails } {
  const said: FlowDetails & { serverName?: string } = {};
  const flow = {
    expect: () => undefined,
    setServerName: (name: string) => Object.assign(said, { serverName: name }),
    setDetails: (details: FlowDetails) => Object.assign(said, details),
  } as unknown as ProtocolFlow;
  const reader = protocol?.open?.(flow);
  assert.ok(reader);
  const seen = (): Record<string, unknown> => ({
    serverName: said.serverName,
    tlsVersion: said.tlsVersion,
    subject: said.certificate?.subject,
  });
  return { reader, seen, has: () => said };
}

const give = (reader: FlowReader, datagram: Uint8Array, fromClient: boolean): number =>
  reader.read(datagram, 0, datagram.length, fromClient);

/** A message as datagrams of one fragment each, split at the places given. */
function fragments(type: number, body: Uint8Array, number: number, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts, body.length];
  return places
    .slice(1)
    .map((end, i) => dtlsRecord(22, dtlsFragment(type, body, number, places[i] ?? 0, end - (places[i] ?? 0)), 0, i));
}

test('any split into fragments gives the same', () => {
  const random = seededRandom(3);
  const cutsOf = (body: Uint8Array): number[] =>
    [...new Set(Array.from({ length: below(random, 5) }, () => 1 + below(random, body.length - 1)))].sort(
      (a, b) => a - b,
    );
  for (let i = 0; i < 200; i++) {
    const { reader, seen, has } = opened();
    for (const datagram of fragments(1, hello, 0, cutsOf(hello))) assert.equal(give(reader, datagram, true), 0);
    for (const datagram of fragments(2, answer, 0, cutsOf(answer))) assert.equal(give(reader, datagram, false), 0);
    const last = fragments(11, chain, 1, cutsOf(chain)).map((datagram) => give(reader, datagram, false));
    assert.equal(last.at(-1), DONE);
    assert.deepEqual(seen(), SEEN);
    assert.match(has().ja4 ?? '', /^dd2d0102/);
    reader.end?.();
  }
});

test('fragments that are lost and sent again, overlapping and twice', () => {
  const { reader, seen } = opened();
  const parts = fragments(11, chain, 1, [100, 200]);
  give(reader, dtlsRecord(22, dtlsFragment(1, hello)), true);
  give(reader, dtlsRecord(22, dtlsFragment(2, answer)), false);
  for (const index of [0, 2, 0, 1, 1]) assert.equal(give(reader, parts[index]!, false), 0);
  assert.equal(give(reader, dtlsRecord(22, dtlsFragment(11, chain, 1, 150)), false), DONE);
  assert.deepEqual(seen(), SEEN);
});

test('other datagrams on the same ports are passed over, for a while', () => {
  const { reader, seen } = opened();
  give(reader, dtlsRecord(22, dtlsFragment(1, hello)), true);
  for (let i = 0; i < 30; i++) assert.equal(give(reader, be8(0x80, 0x60, ...new Uint8Array(30)), true), 0);
  give(reader, joined(dtlsRecord(22, dtlsFragment(2, answer)), dtlsRecord(22, dtlsFragment(11, chain, 1))), false);
  assert.deepEqual(seen(), SEEN);
  const silent = opened().reader;
  let given = 0;
  while (given < 1000 && give(silent, be8(0x80, 0x60), true) !== DONE) given += 1;
  assert.ok(given < 100);
});

test('a message that claims to be long takes only what was sent', () => {
  const { reader } = opened();
  const long = new Uint8Array(200_000);
  for (let offset = 0; offset < 40_000; offset += 1000)
    give(reader, dtlsRecord(22, dtlsFragment(11, long, 1, offset, 1000)), false);
  assert.equal(give(reader, dtlsRecord(23, new Uint8Array(30), 1), false), DONE);
  reader.end?.();
});

test('recognises datagrams that records fill, and no others', () => {
  const ask = (bytes: Uint8Array, isCut = false): number =>
    protocol.probe(probeOf(bytes, { transport: 17, serverPort: 4433, isCut }));
  const first = dtlsRecord(22, dtlsFragment(1, hello));
  assert.equal(ask(first), MATCH);
  assert.equal(ask(joined(first, dtlsRecord(22, dtlsFragment(1, hello)))), MATCH);
  assert.equal(ask(joined(first, be8(0x2e, 0, 1))), MATCH, 'a protected record of 1.3 follows');
  assert.equal(ask(joined(first, be8(1))), NOT_MINE);
  assert.equal(ask(first.slice(0, -1)), NOT_MINE);
  assert.equal(ask(first.slice(0, -1), true), MATCH);
  assert.equal(ask(dtlsRecord(23, new Uint8Array(40), 1)), MATCH);
  const withId = joined(
    be8(25, 0xfe, 0xfd),
    be16(1, 0, 0, 9),
    new Uint8Array(8).fill(0x81),
    be16(20),
    new Uint8Array(20),
  );
  assert.equal(ask(withId), MATCH);
  assert.equal(ask(withId.slice(0, -1)), NOT_MINE);
});

test('noise is not taken for it', () => {
  const random = seededRandom(11);
  for (let i = 0; i < 200_000; i++) {
    const bytes = randomBytes(random, 1 + below(random, 60));
    bytes[0] = 20 + below(random, 7);
    if (i % 2 === 0 && bytes.length > 2) bytes.set([0xfe, 0xfd], 1);
    assert.notEqual(protocol.probe(probeOf(bytes, { transport: 17, serverPort: 443 })), MATCH);
  }
});
