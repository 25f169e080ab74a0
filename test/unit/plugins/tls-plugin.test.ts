// TLS as it is really spoken: OpenSSL on both ends of a loopback connection, its bytes through the engine, and what it says of itself as the truth.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as netConnect } from 'node:net';
import { Readable } from 'node:stream';
import test, { after, before } from 'node:test';
import {
  type ConnectionOptions,
  connect,
  createServer as createTlsServer,
  type Server,
  type TLSSocket,
} from 'node:tls';
import type { FlowDetails, ProtocolFlow } from '@kaipo/core/api/index.js';
import { DONE, MATCH, NOT_MINE, SKIP_SIDE, UNSURE } from '@kaipo/core/api/index.js';
import { tlsPlugin } from '@kaipo/plugins/protocols/tls/index.js';
import { calculateJa3, calculateJa4, readTlsClientHello } from 'read-tls-client-hello';
import { ascii } from '../../fixtures/bytes.js';
import { COMMON_NAME, makeCertificate, UTF8_STRING } from '../../fixtures/certificates.js';
import { probeOf, protocolsOf } from '../../fixtures/probe.js';
import { below, randomBytes, seededRandom } from '../../fixtures/seeded-random.js';
import {
  clientHelloBody,
  extension,
  handshake,
  serverHelloBody,
  serverName,
  tlsRecord,
} from '../../fixtures/tls-messages.js';

const [protocol] = protocolsOf(tlsPlugin);
if (protocol === undefined) throw new Error('tls registers no protocol');

const certificate = makeCertificate({
  subject: [[COMMON_NAME, UTF8_STRING, ascii('server.example')]],
  dnsNames: Array.from({ length: 60 }, (_, i) => `alternative-name-${i}.server.example`),
});

interface Spoken {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly version: string | null;
  readonly cipher: string;
  readonly alpn: string | false | null;
}

interface Read extends FlowDetails {
  readonly serverName?: string;
}

let tlsServer: Server;
let port = 0;

before(async () => {
  tlsServer = createTlsServer({
    key: certificate.keyPem,
    cert: certificate.certificatePem,
    ALPNProtocols: ['h2', 'http/1.1'],
    minVersion: 'TLSv1.2',
    ecdhCurve: 'P-256:X25519',
  });
  tlsServer.on('secureConnection', (socket: TLSSocket) => socket.end('bye'));
  tlsServer.listen(0, '127.0.0.1');
  await once(tlsServer, 'listening');
  port = (tlsServer.address() as AddressInfo).port;
});

after(() => tlsServer.close());

/** One connection through a relay that keeps what it passes on. */
async function speak(options: ConnectionOptions): Promise<Spoken> {
  const client: Buffer[] = [];
  const server: Buffer[] = [];
  const relay = createServer((near) => {
    const far = netConnect(port, '127.0.0.1');
    near.on('data', (chunk) => client.push(chunk));
    far.on('data', (chunk) => server.push(chunk));
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const relayPort = (relay.address() as AddressInfo).port;
  const socket = connect({ port: relayPort, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  socket.resume();
  await once(socket, 'secureConnect');
  const said = { version: socket.getProtocol(), cipher: socket.getCipher().standardName, alpn: socket.alpnProtocol };
  if (!socket.closed) await once(socket, 'close');
  relay.close();
  return { client: Buffer.concat(client), server: Buffer.concat(server), ...said };
}

/** What the reader says of two streams that come in pieces: each time all that is not used, as the engine gives it. */
function readStreams(client: Uint8Array, server: Uint8Array, piece: (left: number) => number): Read {
  const said: Record<string, unknown> = {};
  const flow = {
    expect: () => undefined,
    setServerName: (name: string) => Object.assign(said, { serverName: name }),
    setDetails: (details: FlowDetails) => Object.assign(said, details),
    setApplication: (application: string) => Object.assign(said, { application }),
  } as unknown as ProtocolFlow;
  const reader = protocol?.open?.(flow);
  assert.ok(reader);
  for (const [bytes, fromClient] of [
    [client, true],
    [server, false],
  ] as const) {
    let start = 0;
    let end = 0;
    while (end < bytes.length) {
      end += piece(bytes.length - end);
      const used = reader.read(bytes, start, end, fromClient);
      if (used === DONE) return said;
      if (used === SKIP_SIDE) break;
      assert.ok(used >= 0 && used <= end - start);
      start += used;
    }
  }
  return said;
}

async function oracle(client: Uint8Array): Promise<{ ja3: string; ja4: string; name: unknown }> {
  const hello = await readTlsClientHello(Readable.from(Buffer.from(client), { objectMode: false }));
  const named = hello.extensions.find(({ id }) => id === 0)?.data;
  return { ja3: calculateJa3(hello), ja4: calculateJa4(hello), name: named?.['serverName'] };
}

const CASES: Readonly<Record<string, ConnectionOptions>> = {
  'TLS 1.3': { servername: 'www.example.org', ALPNProtocols: ['h2', 'http/1.1'] },
  'TLS 1.3 with another request': { servername: 'retry.example', minVersion: 'TLSv1.3', ecdhCurve: 'P-521:P-256' },
  'TLS 1.2': { servername: 'old.example', maxVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] },
  'TLS 1.2 without a name': { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
};

for (const [title, options] of Object.entries(CASES)) {
  test(`${title}: agrees with both ends and with another reader, however the bytes are split`, async () => {
    const spoken = await speak(options);
    const whole = readStreams(spoken.client, spoken.server, (left) => left);
    const other = await oracle(spoken.client);
    assert.equal(`TLSv${whole.tlsVersion}`, spoken.version);
    assert.equal(whole.tlsCipher, spoken.cipher);
    assert.equal(whole.serverName, options.servername);
    assert.equal(whole.serverName, other.name);
    assert.deepEqual(whole.alpn, options.ALPNProtocols);
    assert.equal(whole.ja3, other.ja3);
    assert.equal(whole.ja4, other.ja4);
    if (spoken.version === 'TLSv1.2') {
      assert.equal(whole.alpnChosen, spoken.alpn === false ? undefined : (spoken.alpn ?? undefined));
      assert.equal(whole.certificate?.subject, 'CN=server.example');
      assert.equal(whole.certificate?.names?.length, 16);
    } else assert.equal(whole.certificate, undefined);
    const random = seededRandom(1);
    assert.deepEqual(
      readStreams(spoken.client, spoken.server, () => 1),
      whole,
    );
    for (let i = 0; i < 50; i++)
      assert.deepEqual(
        readStreams(spoken.client, spoken.server, (left) => 1 + below(random, Math.min(left, 700))),
        whole,
      );
  });
}

test('what is missing costs what lay in it, not the rest', () => {
  const said: FlowDetails & { serverName?: string } = {};
  const flow = {
    expect: () => undefined,
    setServerName: (name: string) => Object.assign(said, { serverName: name }),
    setDetails: (details: FlowDetails) => Object.assign(said, details),
  } as unknown as ProtocolFlow;
  const extensions = [serverName('example.org'), extension(21, new Uint8Array(300))];
  const hello = tlsRecord(22, handshake(1, clientHelloBody({ extensions })));
  const answer = tlsRecord(22, handshake(2, serverHelloBody(0x0303, 0x002f)), 0x0303);
  const reader = protocol.open?.(flow);
  assert.ok(reader);
  assert.equal(reader.read(hello, 0, 100, true), 5, 'the header of the record is used, the message is kept');
  assert.equal(reader.gap?.(true, 50), true);
  assert.equal(reader.read(hello, 150, hello.length, true), SKIP_SIDE);
  assert.equal(reader.read(answer, 0, answer.length, false), answer.length);
  assert.equal(reader.gap?.(false, 1000), false);
  assert.equal(said.serverName, 'example.org');
  assert.equal(said.ja3, undefined);
  assert.equal(said.tlsVersion, '1.2');
});

test('a hello is recognised from its first eleven bytes, and not before', () => {
  const hello = tlsRecord(22, handshake(1, clientHelloBody({ extensions: [serverName('example.org')] })));
  for (let length = 1; length < hello.length; length++)
    assert.equal(protocol.probe(probeOf(hello.subarray(0, length))), length < 11 ? UNSURE : MATCH, `${length} bytes`);
});

test('noise that looks a little like it is not taken for it', () => {
  const random = seededRandom(7);
  let matches = 0;
  for (let i = 0; i < 200_000; i++) {
    const bytes = randomBytes(random, 1 + below(random, 60));
    if (i % 2 === 0) bytes[0] = 0x14 + below(random, 5);
    if (i % 4 === 0 && bytes.length > 1) bytes[1] = 3;
    if (protocol.probe(probeOf(bytes, { serverPort: 443, fromStart: i % 3 === 0 })) === MATCH) matches += 1;
  }
  assert.equal(matches, 0);
  for (const value of [0, 0x16, 0x17, 0x80, 0xff])
    for (const length of [1, 5, 6, 11, 50, 517])
      assert.notEqual(protocol.probe(probeOf(new Uint8Array(length).fill(value))), MATCH, `${length} times ${value}`);
  assert.equal(protocol.probe(probeOf(ascii('GET / HTTP/1.1\r\n'))), NOT_MINE);
});
