import assert from 'node:assert/strict';
import test from 'node:test';
import type { Http1Message } from '@kaipo/core/wire/http1-message.js';
import { AFTER_BODY, AFTER_HOLD, AFTER_NOTHING, Http1Side } from '@kaipo/core/wire/http1-side.js';
import {
  http1Start,
  START_MAYBE,
  START_NONE,
  START_REQUEST,
  START_RESPONSE,
  START_SIMPLE,
} from '@kaipo/core/wire/http1-start.js';
import fc from 'fast-check';
import { HTTPParser } from 'http-parser-js';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const startOf = (text: string): number => http1Start(bytesOf(text), 0, text.length);

type After = typeof AFTER_BODY | typeof AFTER_NOTHING | typeof AFTER_HOLD;
type Head = Pick<Http1Message, 'method' | 'target' | 'status' | 'host' | 'userAgent' | 'server' | 'contentType'>;

/** A side and the heads it has told. */
function sideOf(after: (message: Http1Message) => After = () => AFTER_BODY): { side: Http1Side; heads: Head[] } {
  const heads: Head[] = [];
  const side = new Http1Side({
    head(message) {
      const { method, target, status, host, userAgent, server, contentType } = message;
      heads.push({ method, target, status, host, userAgent, server, contentType });
      return after(message);
    },
    bodyEnded: () => undefined,
    bytesLost: () => undefined,
  });
  return { side, heads };
}

/** Feeds a side as the engine does: what is unused comes again, what is passed over is not shown. */
function feed(side: Http1Side, pieces: readonly Uint8Array[]): void {
  let waiting = new Uint8Array(0);
  let skip = 0;
  for (const piece of pieces) {
    const passed = Math.min(skip, piece.length);
    skip -= passed;
    const padded = Buffer.concat([bytesOf('HTTP/'), waiting, piece.subarray(passed), bytesOf('\r\n\r\n')]);
    let at = 5;
    const end = padded.length - 4;
    while (at < end) {
      const used = side.read(padded, at, end);
      if (used === 0) break;
      at += used;
    }
    skip += Math.max(0, at - end);
    waiting = Uint8Array.from(padded.subarray(Math.min(at, end), end));
  }
}

const split = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

/** The heads of a side's bytes, however they are cut into pieces. */
function headsOf(text: string, after?: (message: Http1Message) => After): Head[] {
  const bytes = bytesOf(text);
  const results = [1, 2, 3, 7, 64, bytes.length].map((size) => {
    const { side, heads } = sideOf(after);
    feed(side, split(bytes, size));
    side.end();
    return heads;
  });
  for (const heads of results) assert.deepEqual(heads, results.at(-1));
  return results.at(-1)!;
}

const statusesOf = (text: string, after?: (message: Http1Message) => After): number[] =>
  headsOf(text, after).map((head) => head.status);
const targetsOf = (text: string): string[] => headsOf(text).map((head) => head.target);

test('start lines are told from everything else', () => {
  for (const line of [
    'GET / HTTP/1.1\r\n',
    'GET / HTTP/1.0\n',
    'M-SEARCH * HTTP/1.1\r\n',
    'VERSION-CONTROL /a HTTP/1.1\r\n',
    'CONNECT a:443 HTTP/1.1\r\n',
    'GET /with a space HTTP/1.1\r\n',
    'GET /\xe4\xf6 HTTP/1.1\r\n',
    `GET /${'a'.repeat(4_100)}`,
  ])
    assert.equal(startOf(line), START_REQUEST, line);
  for (const line of ['HTTP/1.1 200', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.0 404\r\n', 'ICY 200 OK\r\n'])
    assert.equal(startOf(line), START_RESPONSE, line);
  for (const line of ['G', 'GET', 'GET ', 'GET /a b', 'GET / HTTP/1.1', 'GET / HTTP/1.1\r', 'HTTP/1.', 'HTTP', 'PROPF'])
    assert.equal(startOf(line), START_MAYBE, line);
  for (const line of [
    'GETX',
    'get / HTTP/1.1\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'OPTIONS rtsp://a RTSP/1.0\r\n',
    'INVITE sip:a SIP/2.0\r\n',
    'GET /\0 HTTP/1.1\r\n',
    'HTTP/1.1 000 X\r\n',
    'HTTP/1.1 2000\r\n',
    'HTTP/1.1 OK\r\n',
    'HTTP/1.1\r\n',
    'A B',
    'POST /without-version\r\n',
    '\0\0\0\0',
  ])
    assert.equal(startOf(line), START_NONE, line);
  assert.equal(startOf('GET /old\r\n'), START_SIMPLE);
});

test('heads of pipelined requests, with bare LF, folded fields and odd spacing', () => {
  assert.deepEqual(
    headsOf(
      'GET /a HTTP/1.1\r\nHost: one.test\r\nUSER-AGENT:  x/1 \r\n\r\n' +
        'POST /b HTTP/1.1\nhost:two.test\nUser-Agent: y\n  folded\nContent-Length: 3\n\nabc' +
        '\r\nGET http://three.test/c HTTP/1.0\r\n\r\n',
    ).map(({ method, target, host, userAgent }) => [method, target, host, userAgent]),
    [
      ['GET', '/a', 'one.test', 'x/1'],
      ['POST', '/b', 'two.test', 'y folded'],
      ['GET', 'http://three.test/c', '', ''],
    ],
  );
});

test('bodies: lengths, chunks with extensions and trailers, none', () => {
  assert.deepEqual(
    statusesOf(
      'HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\nHTTP/1.1 999 not a message' +
        'HTTP/1.1 201 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1a;x=y\r\nHTTP/1.1 999 not a message\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n' +
        'HTTP/1.1 202 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 203 OK\r\nContent-Length: 5, 5\r\n\r\n12345HTTP/1.1 404 No\r\n',
    ),
    [200, 201, 202, 203, 404],
  );
  const none = (message: Http1Message): After => (message.status === 304 ? AFTER_NOTHING : AFTER_BODY);
  assert.deepEqual(
    statusesOf('HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', none),
    [304, 200],
  );
});

test('a body that ends with the connection is passed over to its end', () => {
  const { side, heads } = sideOf();
  const bytes = bytesOf('HTTP/1.0 200 OK\r\n\r\nHTTP/1.0 201 no\r\n\r\n');
  assert.equal(side.read(bytes, 0, bytes.length), Number.MAX_SAFE_INTEGER);
  assert.equal(heads.length, 1);
});

test('a long body is one number, but for its last byte', () => {
  const { side } = sideOf();
  const bytes = bytesOf('HTTP/1.1 200 OK\r\nContent-Length: 123456789012\r\n\r\n');
  assert.equal(side.read(bytes, 0, bytes.length), bytes.length + 123_456_789_011);
});

test('lines of any length need no more than the buffer', () => {
  const { side, heads } = sideOf();
  const text = `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nCookie: ${'b'.repeat(50_000)}\r\nHost: x.test\r\nUser-Agent: ${'c'.repeat(30_000)}\r\n\r\nGET /next HTTP/1.1\r\n\r\n`;
  const bytes = bytesOf(text);
  let waiting = 0;
  let at = 0;
  for (let end = 100; at < bytes.length; end = Math.min(bytes.length, end + 1_000)) {
    at += side.read(bytes, at, end);
    waiting = Math.max(waiting, end - at);
  }
  assert.ok(waiting < 16_384, `${waiting}`);
  assert.deepEqual([heads[0]?.host, heads[0]?.target.length, heads[1]?.target], ['x.test', 1_024, '/next']);
});

test('after a gap the next message is found at the beginning of a piece', () => {
  const { side, heads } = sideOf();
  feed(side, [bytesOf('HTTP/1.1 200 OK\r\nServer: a\r\nContent-Ty')]);
  side.gap(10);
  feed(side, [
    bytesOf('pe: text/plain\r\n\r\nHTTP/1.1 998 in a body'),
    bytesOf('HTTP/1.1 404 No\r\nServer: b\r\n\r\n'),
  ]);
  side.end();
  assert.deepEqual(
    heads.map(({ status, server }) => [status, server]),
    [
      [200, 'a'],
      [404, 'b'],
    ],
  );
});

test('begun in the middle of a body, and ended in the middle of a head', () => {
  assert.deepEqual(targetsOf('GET /a HTTP/1.1\r\nHost: a\r\nUser-A'), ['/a']);
  const { side, heads } = sideOf();
  feed(side, [bytesOf('rest of something'), bytesOf('more'), bytesOf('GET /b HTTP/1.1\r\n\r\n')]);
  assert.equal(heads[0]?.target, '/b');
});

test('a held side uses nothing until it is released', () => {
  const { side, heads } = sideOf((message) => (message.method === 'CONNECT' ? AFTER_HOLD : AFTER_BODY));
  const bytes = bytesOf('CONNECT a:443 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n');
  assert.equal(side.read(bytes, 0, bytes.length), 26);
  assert.equal(side.read(bytes, 26, bytes.length), 0);
  side.release();
  assert.equal(side.read(bytes, 26, bytes.length), bytes.length - 26);
  assert.deepEqual(
    heads.map(({ method }) => method),
    ['CONNECT', 'GET'],
  );
});

const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const body = fc.stringMatching(/^[ -~\r\n]{0,60}$/);
const framed = fc.record({ body, chunked: fc.boolean(), fields: fc.array(fc.tuple(token, value), { maxLength: 4 }) });
const EXTRA =
  /^(host|user-agent|server|content-type|content-length|transfer-encoding|connection|upgrade|trailer|expect)$/;

function fieldsAndBody(message: { body: string; chunked: boolean; fields: [string, string][] }): string {
  const fields = message.fields.filter(([name]) => !EXTRA.test(name)).map(([name, text]) => `X-${name}: ${text}\r\n`);
  const { body: text } = message;
  if (!message.chunked) return `${fields.join('')}Content-Length: ${text.length}\r\n\r\n${text}`;
  const half = text.length >> 1;
  const chunks = [text.slice(0, half), text.slice(half)].filter((chunk) => chunk !== '');
  return `${fields.join('')}Transfer-Encoding: chunked\r\n\r\n${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`;
}

/** What http-parser-js makes of the same bytes. */
function oracle(type: 'REQUEST' | 'RESPONSE', bytes: Buffer): [string | undefined, string | number, string][] {
  const parser = new HTTPParser(type);
  const seen: [string | undefined, string | number, string][] = [];
  parser[HTTPParser.kOnHeadersComplete] = ((info: {
    headers: string[];
    method: number;
    url: string;
    statusCode: number;
  }) => {
    const at = info.headers.findIndex((text, i) => i % 2 === 0 && /^host|^server/i.test(text));
    const isRequest = type === 'REQUEST';
    seen.push([
      isRequest ? HTTPParser.methods[info.method] : undefined,
      isRequest ? info.url : info.statusCode,
      info.headers[at + 1] ?? '',
    ]);
  }) as never;
  parser[HTTPParser.kOnBody] = () => undefined;
  parser[HTTPParser.kOnMessageComplete] = () => undefined;
  parser[HTTPParser.kOnHeaders] = () => undefined;
  const result = parser.execute(bytes);
  assert.ok(!(result instanceof Error), String(result));
  return seen;
}

test('agrees with http-parser-js on generated connections, however they are cut', () => {
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND', 'PATCH');
  const path = fc.stringMatching(/^\/[a-z0-9/?=&%._-]{0,30}$/);
  const request = fc
    .tuple(method, path, token, framed)
    .map(([name, target, host, rest]) => `${name} ${target} HTTP/1.1\r\nHost: ${host}\r\n${fieldsAndBody(rest)}`);
  const status = fc.constantFrom(200, 201, 206, 301, 404, 500);
  const response = fc
    .tuple(status, token, framed)
    .map(([code, server, rest]) => `HTTP/1.1 ${code} Some Reason\r\nServer: ${server}\r\n${fieldsAndBody(rest)}`);
  const cuts = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 5 }), cuts, (messages, size) => {
      const bytes = Buffer.from(messages.join(''), 'latin1');
      const { side, heads } = sideOf();
      feed(side, split(bytes, size));
      assert.deepEqual(
        heads.map((head) => [head.method, head.target, head.host]),
        oracle('REQUEST', bytes),
      );
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.array(response, { minLength: 1, maxLength: 5 }), cuts, (messages, size) => {
      const bytes = Buffer.from(messages.join(''), 'latin1');
      const { side, heads } = sideOf();
      feed(side, split(bytes, size));
      assert.deepEqual(
        heads.map((head) => [undefined, head.status, head.server]),
        oracle('RESPONSE', bytes),
      );
    }),
    { numRuns: 300 },
  );
});

test('any bytes in any pieces: always goes forward, never reads past its end', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom(
        'GET / HTTP/1.1\r\n',
        'HTTP/1.1 200 OK\r\n',
        'Transfer-Encoding: chunked\r\n\r\n',
        'Host: a\r\n',
        '5\r\n',
        '\r\n',
      )
      .map(bytesOf),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const { side } = sideOf();
      feed(side, pieces as Uint8Array[]);
      side.gap(10);
      feed(side, pieces as Uint8Array[]);
      side.end();
    }),
    { numRuns: 1_000 },
  );
});
