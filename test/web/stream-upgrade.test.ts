import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';
import { livePlace } from './live-place.js';
import { StreamReader } from './stream-reader.js';

/** What the server answers these lines with, to the end of the connection or of the head. */
async function answerTo(address: string, lines: readonly string[]): Promise<string> {
  const [host, port] = address.split(':') as [string, string];
  const socket = connect(Number(port), host);
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part;
    if (text.includes('\r\n\r\n')) socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await once(socket, 'close');
  return text.split('\r\n')[0] ?? '';
}

test('the handshake passes the guards like any request', { timeout: 60_000 }, async (t) => {
  const { address, live } = await livePlace(t);
  const url = `ws://${address}/api/stream`;
  await assert.rejects(new StreamReader(url, { origin: 'http://evil.example' }).opened(), /response: 403/);
  await assert.rejects(new StreamReader(url, { headers: { host: 'evil.example' } }).opened(), /response: 421/);
  await assert.rejects(new StreamReader(`${url}?token=x`).opened(), /response: 40\d/);
  await assert.rejects(new StreamReader(`ws://${address}/api/nothing`).opened(), /response: 40\d/);
  assert.equal(live.isRunning, false, 'who was refused has started nothing');
  const own = await new StreamReader(url, { origin: `http://${address}` }).opened();
  await own.until((frames) => frames.length > 0);
  own.socket.terminate();
});

test('what is no handshake of a WebSocket is refused, and the server goes on', { timeout: 60_000 }, async (t) => {
  const { address, app } = await livePlace(t);
  const head = ['GET /api/stream HTTP/1.1', `Host: ${address}`, 'Connection: Upgrade'];
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const version = 'Sec-WebSocket-Version: 13';
  const hostile: readonly (readonly string[])[] = [
    [...head, 'Upgrade: h2c', key, version],
    [...head, 'Upgrade: websocket', version],
    [...head, 'Upgrade: websocket', 'Sec-WebSocket-Key: short', version],
    [...head, 'Upgrade: websocket', key, 'Sec-WebSocket-Version: 7'],
    [...head, 'Upgrade: websocket', key, version, 'Sec-WebSocket-Protocol: a,,b'],
    ['POST /api/stream HTTP/1.1', ...head.slice(1), 'Upgrade: websocket', key, version],
  ];
  for (const lines of hostile) assert.match(await answerTo(address, lines), /^HTTP\/1\.1 4\d\d /, lines.join(' | '));
  assert.match(await answerTo(address, [...head, 'Upgrade: websocket', key, version]), /^HTTP\/1\.1 101 /);
  assert.equal((await app.inject('/api/health')).statusCode, 200);
});

test('an upgrade behind a request without an answer ends its connection, not the server', {
  timeout: 60_000,
}, async (t) => {
  const { address, app } = await livePlace(t);
  const first = ['GET /api/live HTTP/1.1', `Host: ${address}`, ''];
  const head = ['GET /api/stream HTTP/1.1', `Host: ${address}`, 'Connection: Upgrade'];
  const key = ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'];
  for (const upgrade of [['Upgrade: h2c'], ['Upgrade: websocket', ...key]]) {
    assert.equal(await answerTo(address, [...first, ...head, ...upgrade]), '');
    assert.equal((await app.inject('/api/health')).statusCode, 200);
  }
});

test('a request that would rather speak HTTP/2 keeps its body and its connection', { timeout: 60_000 }, async (t) => {
  const { address } = await livePlace(t);
  const [host, port] = address.split(':') as [string, string];
  const body = '{"set":{"cost.currency":"INR"}}';
  const asked = [
    'POST /api/config HTTP/1.1',
    `Host: ${address}`,
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ];
  const socket = connect(Number(port), host);
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part;
  });
  // The body comes apart, and then another request on the same connection.
  socket.write(`${asked.join('\r\n')}\r\n\r\n${body.slice(0, 5)}`);
  socket.write(`${body.slice(5)}GET /api/nothing HTTP/1.1\r\nHost: ${address}\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  assert.match(text, /^HTTP\/1\.1 200 /);
  assert.match(text, /"after":"INR"/);
  assert.match(text, /HTTP\/1\.1 404 /);
});
