import assert from 'node:assert/strict';
import test from 'node:test';
import { isFirstSettings, isFrameChain } from '@kaipo/core/wire/http2-frames.js';
import { type Http2Headers, Http2Side } from '@kaipo/core/wire/http2-side.js';
import fc from 'fast-check';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

const SETTINGS = frame(4, 0, 0, hex('0003 00000064'));
/** :method GET, :scheme http, :path /, :authority www.example.com; the first is RFC 7541 C.4.1. */
const REQUEST = hex('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff');
const AGAIN = hex('8286 84be');

interface Told {
  readonly stream: number;
  readonly text: string;
}

function sideOf(): { side: Http2Side; told: Told[] } {
  const told: Told[] = [];
  const side = new Http2Side({
    headers(stream: number, headers: Http2Headers) {
      told.push({ stream, text: `${headers.method} ${headers.authority} ${headers.path}` });
    },
  });
  return { side, told };
}

function feed(side: Http2Side, bytes: Uint8Array, size: number): void {
  let at = 0;
  for (let end = Math.min(size, bytes.length); at < bytes.length; end = Math.min(end + size, bytes.length)) {
    const used = at < end ? side.read(bytes, at, end) : 0;
    at += used;
    if (used === 0 && end === bytes.length) return;
  }
}

const GET = 'GET www.example.com /';

test('padding, priority, CONTINUATION, pushed blocks and frames that are passed over, in pieces of any size', () => {
  const bytes = Buffer.concat([
    PREFACE,
    SETTINGS,
    frame(1, 0x2d, 1, Buffer.concat([hex('03 80000000 0f'), REQUEST, hex('000000')])),
    frame(0, 1, 1, Buffer.alloc(9_000, 0x82)),
    frame(1, 0, 3, AGAIN.subarray(0, 1)),
    frame(9, 0, 3, AGAIN.subarray(1, 2)),
    frame(9, 4, 3, AGAIN.subarray(2)),
    frame(5, 4, 3, Buffer.concat([hex('00000004'), AGAIN])),
    frame(0xbe, 0, 0, Buffer.from('an extension')),
    frame(8, 0, 0, hex('00000001')),
    frame(1, 5, 5, AGAIN),
  ]);
  for (const size of [1, 2, 9, 100, 1_000_000]) {
    const { side, told } = sideOf();
    feed(side, bytes, size);
    assert.deepEqual(
      told,
      [1, 3, 5].map((stream) => ({ stream, text: GET })),
    );
  }
});

test('a long DATA frame is one number', () => {
  const { side } = sideOf();
  const bytes = Buffer.concat([SETTINGS, hex('00ffff 00 00 00000001')]);
  assert.equal(side.read(bytes, 0, bytes.length), bytes.length + 0xffff);
});

test('after a gap three sound frames in a row are believed, and what the table lost is left out', () => {
  const { side, told } = sideOf();
  feed(side, Buffer.concat([PREFACE, SETTINGS, frame(1, 5, 1, REQUEST)]), 1_000);
  side.gap();
  feed(side, Buffer.alloc(50, 0x41), 50);
  const chain = Buffer.concat([SETTINGS, frame(8, 0, 0, hex('00000001')), frame(1, 5, 7, AGAIN)]);
  feed(side, chain, chain.length);
  assert.deepEqual(
    told.map(({ text }) => text),
    [GET, 'GET  /'],
  );
});

test('a block that is no HPACK ends the side; a block without end keeps its bound', () => {
  const broken = sideOf();
  const bytes = Buffer.concat([SETTINGS, frame(1, 4, 1, hex('80')), frame(1, 4, 3, REQUEST)]);
  assert.equal(broken.side.read(bytes, 0, bytes.length), Number.MAX_SAFE_INTEGER);
  const endless = sideOf();
  const parts = Array.from({ length: 10 }, () => frame(9, 0, 1, Buffer.alloc(16_000)));
  feed(endless.side, Buffer.concat([SETTINGS, frame(1, 0, 1, REQUEST), ...parts, frame(1, 4, 3, REQUEST)]), 20_000);
  assert.deepEqual(endless.told, [{ stream: 3, text: GET }]);
});

test('what may begin or continue a connection', () => {
  const isFirst = (bytes: Uint8Array): boolean => isFirstSettings(bytes, 0, bytes.length);
  assert.ok(isFirst(SETTINGS));
  assert.ok(isFirst(Buffer.concat([SETTINGS, frame(4, 1, 0, hex(''))])));
  assert.ok(!isFirst(frame(4, 0, 0, hex('000a 00000064'))));
  assert.ok(!isFirst(frame(4, 0, 0, hex('0001 00000000'))));
  assert.ok(!isFirst(frame(4, 0, 0, hex(''))));
  assert.ok(!isFirst(Buffer.concat([SETTINGS, Buffer.alloc(20, 0x41)])));
  assert.ok(!isFirst(Buffer.alloc(40)));
  const chain = Buffer.concat([frame(8, 0, 0, hex('00000001')), frame(6, 0, 0, Buffer.alloc(8)), SETTINGS]);
  assert.ok(isFrameChain(chain, 0, chain.length, 3));
  assert.ok(!isFrameChain(chain, 0, chain.length - 1, 4));
  assert.ok(!isFrameChain(Buffer.alloc(27), 0, 27, 3));
});

test('any bytes in any pieces: always goes forward, never throws', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(
      SETTINGS,
      frame(1, 5, 1, REQUEST),
      frame(1, 0, 1, REQUEST),
      frame(9, 4, 1, AGAIN),
      hex('000005 01 0c 00000001'),
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 60 }), (pieces, size) => {
      const { side } = sideOf();
      feed(side, Buffer.concat(pieces as Uint8Array[]), size);
      side.gap();
      feed(side, Buffer.concat(pieces as Uint8Array[]), size);
    }),
    { numRuns: 2_000 },
  );
});
