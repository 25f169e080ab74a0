// decodeBatch on hostile bytes: it never throws, never reads outside the captured frame, and every offset it stores lies
// inside it. The arena is a proxy that refuses any other index, with another frame's bytes around.
import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeBatch } from '@kaipo/core/decode/decode-batch.js';
import {
  type FrameBatch,
  MARK_PAYLOAD,
  MARK_TRUNCATED,
  VERDICT_DECODED,
  VERDICT_UNSUPPORTED,
} from '@kaipo/core/frame/frame-batch.js';
import fc from 'fast-check';
import { batchOfOne } from '../unit/decode/decode-one.js';
import { ether, hex, ipv4, ipv6, join, tcp, text, udp } from '../unit/decode/packet-bytes.js';

/** Every number that has a decoder, and some that have none. */
const LINK_TYPES = [
  0, 1, 6, 7, 8, 9, 10, 12, 14, 50, 51, 100, 101, 104, 105, 107, 108, 109, 113, 117, 119, 122, 123, 127, 129, 130, 131,
  132, 133, 134, 135, 136, 137, 138, 143, 147, 149, 163, 164, 165, 166, 167, 178, 179, 180, 181, 182, 192, 195, 197,
  204, 205, 206, 219, 226, 228, 229, 231, 239, 240, 241, 242, 248, 253, 258, 271, 274, 276, 281, 282, 284, 285, 65535,
];

function guarded(batch: FrameBatch): FrameBatch {
  const from = batch.frameStart[0]!;
  const to = from + batch.capLen[0]!;
  batch.bytes = new Proxy(batch.bytes, {
    get(target, key) {
      const index = Number(key);
      if (index < from || index >= to) throw new Error(`read at ${index - from} of ${to - from}`);
      return target[index];
    },
  });
  return batch;
}

function check(frame: Uint8Array, linkType: number, wireLen: number): void {
  const batch = guarded(batchOfOne(frame, linkType, wireLen));
  decodeBatch(batch);
  const from = batch.frameStart[0]!;
  const to = from + frame.length;
  const verdict = batch.verdict[0]!;
  assert.ok(verdict >= VERDICT_DECODED && verdict <= VERDICT_UNSUPPORTED);
  assert.equal((batch.marks[0]! & MARK_TRUNCATED) !== 0, frame.length < wireLen);
  const inside = [batch.l4Start[0]!, batch.payloadStart[0]!, batch.payloadEnd[0]!];
  for (const at of inside) assert.ok(at >= from && at <= to, `${at - from} of ${frame.length}`);
  assert.ok(batch.payloadStart[0]! <= batch.payloadEnd[0]!);
  if ((batch.marks[0]! & MARK_PAYLOAD) !== 0) assert.ok(batch.payloadStart[0]! < batch.payloadEnd[0]!);
  const addressLength = batch.ipVersion[0] === 6 ? 16 : batch.ipVersion[0] === 4 ? 4 : 0;
  if (addressLength === 0) {
    assert.equal(batch.srcAddr[0]! + batch.dstAddr[0]!, 0);
    return;
  }
  for (const at of [batch.srcAddr[0]!, batch.dstAddr[0]!]) assert.ok(at >= from && at + addressLength <= to);
}

const INNER = ipv4(6, tcp(1, 2, text('hi')));
const viaUdp = (port: number, header: string, inner: Uint8Array): Uint8Array =>
  ether(0x0800, ipv4(17, udp(9, port, join(header, inner))));
const WLAN = '0801 0000 020000000001 020000000002 020000000003 1000 aaaa03 000000 0800';

/** One valid frame for each way through the decoder. */
const VALID: readonly (readonly [number, Uint8Array])[] = [
  [1, ether(0x0800, ipv4(6, tcp(1, 2, text('hello'), 2, 5), { options: hex('94040000') }))],
  [1, ether(0x86dd, ipv6(0, join('2b00050200000100', '2c00000000000000', '1100000100000001', udp(1, 2, text('x')))))],
  [1, ether(0x8100, join('0001 88a8 0002 8847 000640ff 000651ff', INNER))],
  [1, ether(0x8864, join('11 00 0001 002c 0021', INNER))],
  [1, ether(0x8847, join('000641ff 00000000', ether(0x0800, INNER)))],
  [1, ether(0x0800, ipv4(47, join('b000 0800 00000000 00000001 00000002', INNER)))],
  [
    1,
    ether(0x0800, ipv4(47, join('1000 22eb 00000001 200100010000000000000001 0000000000000000', ether(0x0800, INNER)))),
  ],
  [1, ether(0x0800, ipv4(51, join('04 04 0000 00000001 00000002 000000000000000000000000', INNER)))],
  [1, ether(0x0800, ipv4(103, join('2100 0000 00000000', INNER)))],
  [1, viaUdp(4789, '08000000 00000100', ether(0x0800, INNER))],
  [1, viaUdp(4790, '0c000004 00000100 0fc4 0101 00000001 0000000000000000', INNER)],
  [1, viaUdp(6081, '01006558 00000100 00000000', ether(0x0800, INNER))],
  [1, viaUdp(2152, '34 ff 0036 00000001 0000 00 85 01 000000', INNER)],
  [1, viaUdp(3544, '0001 00 00 0000000000000000 00 0000 1234 0a000001', ipv6(17, udp(1, 2, text('x'))))],
  [1, viaUdp(1701, '4a02 0000 0001 0002 0001 0002 0002 0000 0021', INNER)],
  [1, viaUdp(5072, '44 52 11 29 00000000 0000000000000000', ipv6(17, udp(1, 2, text('x'))))],
  [1, viaUdp(5247, `00 10 4300 0000 0000 ${WLAN}`, INNER)],
  [1, viaUdp(37008, '01 00 0001 0a 01 ff 00 01', ether(0x0800, INNER))],
  [127, join('00 00 0900 02000000 20', WLAN, INNER)],
  [192, join('00 00 0800 69000000', WLAN, INNER)],
  [239, join('02 00 0000 0800 0a00 00000000 2e00 0900', INNER)],
  [107, join('1841 03 00 80 000000 0800', INNER)],
  [6, join('10 40 020000000001 820000000002 0620 0011 0022 aaaa03 000000 0800', INNER)],
  [135, join('4d4743 80 0004 00000000 0000000000000000 aaaa03 000000 0800', INNER)],
];

const frameLengths = fc.integer({ min: 0, max: 2000 });

test('random bytes under every link type', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 160 }),
      fc.constantFrom(...LINK_TYPES),
      frameLengths,
      (frame, link, more) => {
        check(frame, link, frame.length + more);
        check(frame, link, frame.length);
      },
    ),
    { numRuns: 20_000 },
  );
});

test('random bytes behind an Ethernet, IP or UDP header that leads somewhere', () => {
  const types = fc.constantFrom(
    0x0800,
    0x86dd,
    0x8100,
    0x88a8,
    0x8847,
    0x8864,
    0x0806,
    0x88e7,
    0x894f,
    0x880b,
    0x22f3,
    0x892f,
    40,
  );
  const protos = fc.constantFrom(0, 1, 4, 6, 17, 33, 41, 43, 44, 47, 51, 58, 60, 97, 103, 132, 135, 136, 137, 139, 140);
  const ports = fc.constantFrom(4789, 8472, 4790, 6081, 2152, 3544, 1701, 5072, 4341, 5247, 37008, 4754, 6635);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), types, protos, ports, (body, type, proto, port) => {
      for (const frame of [
        ether(type, body),
        ether(0x0800, ipv4(proto, body)),
        ether(0x86dd, ipv6(proto, body)),
        ether(0x0800, ipv4(17, udp(9, port, body))),
      ]) {
        check(frame, 1, frame.length);
      }
    }),
    { numRuns: 8_000 },
  );
});

test('valid frames, changed in a few bytes and cut anywhere', () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...VALID), edits, fc.nat(), fc.boolean(), ([link, valid], changes, cut, whole) => {
      const frame = valid.slice(0, whole ? valid.length : cut % (valid.length + 1));
      for (const [at, value] of changes) if (frame.length > 0) frame[at % frame.length] = value;
      check(frame, link, frame.length);
      check(frame, link, valid.length + 1);
    }),
    { numRuns: 20_000 },
  );
});

test('every prefix of every valid frame, with and without the mark of a cut', () => {
  for (const [link, valid] of VALID) {
    for (let length = 0; length <= valid.length; length++) {
      check(valid.slice(0, length), link, length);
      check(valid.slice(0, length), link, valid.length);
    }
  }
});

test('a valid frame that was only cut is never called malformed', () => {
  for (const [link, valid] of VALID) {
    for (let length = 0; length <= valid.length; length++) {
      const batch = batchOfOne(valid.slice(0, length), link, valid.length);
      decodeBatch(batch);
      assert.equal(batch.verdict[0], VERDICT_DECODED, `link type ${link}, ${length} of ${valid.length} bytes`);
    }
  }
});
