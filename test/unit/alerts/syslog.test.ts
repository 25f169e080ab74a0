import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { MAX_SYSLOG_BYTES, syslogMessage } from '@kaipo/cli/alerts/channels/parts/syslog-message.js';
import { type SyslogOptions, syslogChannel } from '@kaipo/cli/alerts/channels/syslog.js';
import { delivery, hostileIncident, incident, never } from './alert-fixtures.js';

const two = delivery('msg_1', { of: [incident(), incident({ id: '2', severity: 'critical' })] });
const options = (values: Pick<SyslogOptions, 'transport' | 'port'> & Partial<SyslogOptions>): SyslogOptions => ({
  ...{ name: 'log', host: '127.0.0.1', facility: 'local0' },
  ...values,
});

// RFC 5424, 6: header, structured data with escapes, text behind a byte order mark.
const FORM =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([!-~]{1,255}) kaipo (\d+) ([!-~]{1,32}) (\[kaipo@32473(?: [a-z]+="(?:[^"\\\]]|\\["\\\]])*")+\]) \ufeff([^\u0000-\u001f]*)$/u;

test('a message is of the form of RFC 5424, whatever is in it, and no longer than a datagram', () => {
  const plain = FORM.exec(syslogMessage(delivery('d1'), incident(), 'local0').toString());
  assert.ok(plain);
  assert.deepEqual(plain.slice(1, 4), [String(16 * 8 + 4), '2023-11-14T22:14:21.000Z', 'host1']);
  assert.match(plain[6]!, / delivery="d1" incident="0000000000000001" rule="port-scan" severity="warning" /);
  assert.equal(plain[7], '10.0.0.9 tried 1000 ports of this host');
  const hostile = delivery('d"]\\ x\r\n', { of: [hostileIncident()], device: { id: 'd', hostname: 'h x\r\n<1>' } });
  const long = incident({ summary: 'ä😀'.repeat(9999), subject: '"'.repeat(9999), rule: ']'.repeat(999) });
  for (const [of, one] of [
    [hostile, hostile.incidents[0]!],
    [delivery('x'.repeat(9999)), long],
  ] as const) {
    const bytes = syslogMessage(of, one, 'daemon');
    assert.ok(bytes.length <= MAX_SYSLOG_BYTES, String(bytes.length));
    assert.match(bytes.toString(), FORM);
    assert.doesNotMatch(bytes.toString(), /\ufffd$/, 'no half of a character at the end');
  }
  assert.match(syslogMessage(delivery('1', { reason: 'resolved' }), incident(), 'daemon').toString(), /^<29>1 /);
});

test('over UDP: a datagram an incident', async () => {
  const socket = createSocket('udp4');
  const got: string[] = [];
  const both = new Promise<void>((resolve) => {
    socket.on('message', (bytes) => {
      if (got.push(bytes.toString()) === 2) resolve();
    });
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  try {
    const channel = syslogChannel(options({ transport: 'udp', port: socket.address().port }));
    assert.deepEqual(await channel.deliver(two, never()), { kind: 'delivered' });
    await both;
    for (const text of got) assert.match(text, FORM);
  } finally {
    socket.close();
  }
});

/** Octet counting of RFC 6587. */
function framesOf(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(32, at);
    const end = blank + 1 + Number(bytes.toString('latin1', at, blank));
    assert.ok(end <= bytes.length, 'a whole frame');
    frames.push(bytes.toString('utf8', blank + 1, end));
    at = end;
  }
  return frames;
}

async function withServer<T>(server: Server, body: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await body((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

const collect = (socket: Socket, parts: Buffer[]) =>
  socket.on('error', () => undefined).on('data', (part: Buffer) => parts.push(part));

test('over TCP: counted octets, delivered when the other side has closed without a complaint', async () => {
  const parts: Buffer[] = [];
  await withServer(
    createServer((socket) => void collect(socket, parts)),
    async (port) => {
      const outcome = await syslogChannel(options({ transport: 'tcp', port })).deliver(two, never());
      assert.deepEqual(outcome, { kind: 'delivered' });
    },
  );
  const frames = framesOf(Buffer.concat(parts));
  assert.equal(frames.length, 2);
  for (const frame of frames) assert.match(frame, FORM);
});

test('over TCP: who breaks off, and who does not take it, is a failure', async () => {
  await withServer(
    createServer((socket) => socket.resetAndDestroy()),
    async (port) => {
      const outcome = await syslogChannel(options({ transport: 'tcp', port })).deliver(two, never());
      assert.equal(outcome.kind, 'failed');
    },
  );
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  assert.deepEqual(await syslogChannel(options({ transport: 'tcp', port })).deliver(two, never()), {
    kind: 'failed',
    detail: 'the receiver refuses connections',
  });
});

test('over TLS: to whom has the certificate, and to nobody else', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-syslog-'));
  try {
    const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
        .concat(['-keyout', keyFile, '-out', certFile])
        .concat(subject),
      { stdio: 'ignore' },
    );
    const [key, cert] = [readFileSync(keyFile), readFileSync(certFile)];
    const parts: Buffer[] = [];
    const server = createTlsServer({ key, cert }, (socket) => void collect(socket, parts)).on(
      'tlsClientError',
      () => {},
    );
    await withServer(server, async (port) => {
      const ca = cert.toString();
      const trusted = await syslogChannel(options({ transport: 'tls', port, ca })).deliver(two, never());
      assert.deepEqual(trusted, { kind: 'delivered' });
      assert.equal(framesOf(Buffer.concat(parts)).length, 2);
      const named = await syslogChannel(options({ transport: 'tls', port, ca, host: 'localhost' })).deliver(
        two,
        never(),
      );
      assert.deepEqual(named, { kind: 'delivered' });
      const before = Buffer.concat(parts).length;
      const stranger = await syslogChannel(options({ transport: 'tls', port })).deliver(two, never());
      assert.equal(stranger.kind, 'failed', JSON.stringify(stranger));
      assert.equal(Buffer.concat(parts).length, before, 'nothing was said to a stranger');
    });
    await withServer(
      createServer(() => undefined),
      async (port) => {
        const outcome = await syslogChannel(options({ transport: 'tls', port, timeoutMs: 100 })).deliver(two, never());
        assert.deepEqual(outcome, { kind: 'failed', detail: 'not taken within 0.1 s' });
      },
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});
