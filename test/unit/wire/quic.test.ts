import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BAD, FITS, SHORT } from '@kaipo/core/wire/check.js';
import {
  QUIC_HANDSHAKE,
  QUIC_INITIAL,
  QUIC_OTHER,
  QUIC_RETRY,
  QUIC_VERSIONS,
  QUIC_ZERO_RTT,
  QuicHeader,
  quicVarint,
  readQuicHeader,
} from '@kaipo/core/wire/quic.js';
import {
  addCryptoFrames,
  CryptoFrames,
  findCryptoFrames,
  MAX_CRYPTO_BYTES,
  QuicCryptoStream,
} from '@kaipo/core/wire/quic-crypto-stream.js';
import { QuicInitialKeys } from '@kaipo/core/wire/quic-initial.js';
import { quicSecrets, quicVersionText } from '@kaipo/core/wire/quic-secrets.js';
import fc from 'fast-check';
import { cryptoFrame, initialPacket, RFC_CID, SALT_V2, varint } from '../../fixtures/quic-packets.js';
import { randomBytes, seededRandom } from '../../fixtures/seeded-random.js';

const V2 = 0x6b3343cf;
const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const keysOf = (version: number, side: 'client' | 'server') =>
  new QuicInitialKeys(quicSecrets(version)[0]!, RFC_CID, side);

/** RFC 9001 A.2, RFC 9369 A.2: the same ClientHello. */
const RFC_CRYPTO_FRAME = hex(
  `060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c000004130113
   02010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d00170018001000070005
   04616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce1
   5d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c0002400100
   3900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806
   048000ffff`,
);
/** RFC 9001 A.3 and RFC 9369 A.3: the server's Initial in both versions, and what is in it. */
const SERVER_V1 = hex(
  `cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb3
   8cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84
   022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee`,
);
const SERVER_V2 = hex(
  `dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf872630
   17915358230035f7fd3945d88965cf17f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2
   c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca84bed8521e2e140`,
);
const SERVER_FRAMES = hex(
  `02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a1200
   130100002e00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00
   020304`,
);

describe('keys of Initial packets', () => {
  it('are those of RFC 9001 A.1 and RFC 9369 A.1', () => {
    const text = ({ key, iv, hp }: QuicInitialKeys) => {
      const hexOf = (words: Int32Array) =>
        [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
      return [hexOf(key), hexOf(iv), hexOf(hp)];
    };
    assert.deepEqual(text(keysOf(1, 'client')), [
      '1f369613dd76d5467730efcbe3b1a22d',
      'fa044b2f42a3fd3b46fb255c',
      '9f50449e04a0e810283a1e9933adedd2',
    ]);
    assert.deepEqual(text(keysOf(1, 'server')), [
      'cf3a5331653c364c88f0f379b6067e37',
      '0ac1493ca1905853b0bba03e',
      'c206b8d9b9f0f37644430b490eeaa314',
    ]);
    assert.deepEqual(text(keysOf(V2, 'client')), [
      '8b1a0bc121284290a29e0971b5cd045d',
      '91f73e2351d8fa91660e909f',
      '45b95e15235d6f45a6b19cbcb0294ba9',
    ]);
    assert.deepEqual(text(keysOf(V2, 'server')), [
      '82db637861d55e1d011f19ea71d5d2a7',
      'dd13c276499c0249d3310652',
      'edf6d05c83121201b436e16877593c3a',
    ]);
  });

  it("open the server's Initials of both RFCs", () => {
    const header = new QuicHeader();
    for (const [version, packet] of [
      [1, SERVER_V1],
      [V2, SERVER_V2],
    ] as const) {
      assert.equal(readQuicHeader(packet, 0, packet.length, header), FITS);
      assert.deepEqual(
        [header.version, header.type, header.dcidLength, header.scidLength, header.packetEnd],
        [version, QUIC_INITIAL, 0, 8, packet.length],
      );
      assert.deepEqual(Buffer.from(keysOf(version, 'server').open(packet, 0, header)!), SERVER_FRAMES);
      assert.equal(findCryptoFrames(keysOf(version, 'client').open(packet, 0, header)!, FOUND), false);
    }
  });

  it("open the client's Initial, which the fixture makes as RFC 9001 A.2 has it", () => {
    const packet = initialPacket(RFC_CRYPTO_FRAME, { packetNumber: 2, padTo: 1200 });
    assert.equal(packet.length, 1200);
    assert.equal(
      packet.subarray(0, 34).toString('hex'),
      'c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242'.slice(0, 68),
    );
    assert.equal(packet.subarray(-16).toString('hex'), 'e221af44860018ab0856972e194cd934');
    const header = new QuicHeader();
    // In the middle of other bytes, as a datagram is in a batch.
    const bytes = Buffer.concat([Buffer.alloc(9, 0xff), packet, Buffer.alloc(9, 0xff)]);
    assert.equal(readQuicHeader(bytes, 9, 9 + packet.length, header), FITS);
    const frames = Buffer.from(keysOf(1, 'client').open(bytes, 9, header)!);
    assert.deepEqual(frames.subarray(0, RFC_CRYPTO_FRAME.length), RFC_CRYPTO_FRAME);
    assert.ok(frames.subarray(RFC_CRYPTO_FRAME.length).every((byte) => byte === 0));
  });

  it('of version 2 open its client packet', () => {
    const packet = initialPacket(RFC_CRYPTO_FRAME, {
      version: V2,
      salt: SALT_V2,
      label: 'quicv2',
      packetNumber: 2,
      padTo: 1200,
    });
    // RFC 9369 A.2
    assert.equal(packet.subarray(0, 26).toString('hex'), 'd76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6a');
    const header = new QuicHeader();
    assert.equal(readQuicHeader(packet, 0, packet.length, header), FITS);
    assert.equal(header.type, QUIC_INITIAL);
    assert.ok(keysOf(V2, 'client').open(packet, 0, header));
  });

  it('of another connection make no frames of a packet', () => {
    const header = new QuicHeader();
    const random = seededRandom(1);
    let sound = 0;
    for (const packet of [SERVER_V1, initialPacket(RFC_CRYPTO_FRAME, { padTo: 1200 })]) {
      assert.equal(readQuicHeader(packet, 0, packet.length, header), FITS);
      for (let i = 0; i < 10_000; i++) {
        const keys = new QuicInitialKeys(quicSecrets(1)[0]!, randomBytes(random, 8), 'client');
        if (findCryptoFrames(keys.open(packet, 0, header)!, FOUND)) sound += 1;
      }
    }
    assert.ok(sound <= 1, `${sound} of 20,000`);
  });
});

describe('long headers', () => {
  const header = new QuicHeader();
  const read = (text: string): [number, number] => {
    const bytes = hex(text);
    const check = readQuicHeader(bytes, 0, bytes.length, header);
    return [check, header.type];
  };
  const body = 'aa'.repeat(20);

  it('have types, other ones in version 2', () => {
    assert.deepEqual(read(`d0 00000001 01 aa 00 14 ${body}`), [FITS, QUIC_ZERO_RTT]);
    assert.deepEqual(read(`e0 00000001 01 aa 00 14 ${body}`), [FITS, QUIC_HANDSHAKE]);
    assert.deepEqual(read(`f0 00000001 01 aa 01 bb ${body}`), [FITS, QUIC_RETRY]);
    assert.deepEqual(read(`d0 6b3343cf 01 aa 00 00 14 ${body}`), [FITS, QUIC_INITIAL]);
    assert.deepEqual(read(`c0 6b3343cf 01 aa 01 bb ${body}`), [FITS, QUIC_RETRY]);
    assert.deepEqual(read('80 00000000 01 aa 01 bb 00000001 ff00001d'), [FITS, QUIC_VERSIONS]);
    assert.deepEqual(read(`c3 51303436 50 0102030405060708 00000001 ${body}`), [FITS, QUIC_OTHER]);
    assert.equal(header.dcidLength, 8);
  });

  it('say where the next packet of the datagram begins, and that one was cut', () => {
    assert.deepEqual(read(`e0 00000001 00 00 14 ${body} 40 aabbcc`), [FITS, QUIC_HANDSHAKE]);
    assert.equal(header.packetEnd, 28);
    assert.deepEqual(read(`e0 00000001 00 00 4100 ${body}`), [SHORT, QUIC_HANDSHAKE]);
    assert.equal(read('c0 00000001 14 aabb')[0], SHORT);
  });

  it('are refused where they contradict the rules', () => {
    for (const text of [
      `40 00000001 00 00 14 ${body}`,
      `e0 00000001 15 ${'aa'.repeat(21)} 00 14 ${body}`,
      `e0 00000001 00 00 13 ${body}`,
      `e0 00000002 00 00 14 ${body}`,
      '80 00000000 00 00 000001',
      `f0 00000001 00 00 ${'aa'.repeat(16)}`,
    ])
      assert.equal(read(text)[0], BAD, text);
  });

  it('never throw and stay in bounds, whatever the bytes', () => {
    const versions = [0, 1, V2, 0xff00001d, 0xff000010, 0xfaceb002, 0x51303436, 0x51303439, 0x1a2a3a4a];
    fc.assert(
      fc.property(fc.constantFrom(...versions), fc.uint8Array({ maxLength: 64 }), (version, tail) => {
        const bytes = Buffer.concat([Buffer.of(0xc0 | ((tail[0] ?? 0) & 0x3f)), varint(0), Buffer.alloc(3), tail]);
        bytes.writeUInt32BE(version, 1);
        if (readQuicHeader(bytes, 0, bytes.length, header) !== FITS) return;
        assert.ok(header.payloadAt <= bytes.length && header.packetEnd <= bytes.length);
        assert.ok(header.packetEnd > 0 && header.dcidAt + header.dcidLength <= bytes.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('count in variable lengths as RFC 9000 A.1 does', () => {
    for (const [text, value] of [
      ['25', 37],
      ['7bbd', 15_293],
      ['9d7f3e7d', 494_878_333],
      ['c2197c5eff14e88c', Number(151_288_809_941_952_652n)],
    ] as const)
      assert.equal(quicVarint(hex(text), 0), value);
  });
});

describe('versions', () => {
  it('are called by their names', () => {
    assert.deepEqual([1, V2, 0xff00001d, 0x51303436, 0xfaceb002, 0x0a1a2a3a].map(quicVersionText), [
      '1',
      '2',
      'draft-29',
      'Q046',
      'mvfst-2',
      '0x0a1a2a3a',
    ]);
  });

  it('have salts from draft 22 on', () => {
    const salt = (version: number) => quicSecrets(version)[0]?.salt.toString('hex').slice(0, 8);
    assert.deepEqual(
      [21, 22, 23, 28, 29, 32, 33, 34].map((draft) => salt(0xff000000 + draft)),
      [undefined, '7fbcdb0e', 'c3eef712', 'c3eef712', 'afbfec28', 'afbfec28', '38762cf7', '38762cf7'],
    );
  });
});

const FOUND = new CryptoFrames();
const addFrames = (frames: Uint8Array, stream: QuicCryptoStream): boolean =>
  findCryptoFrames(frames, FOUND) && addCryptoFrames(frames, FOUND, stream);

describe('CRYPTO frames', () => {
  const message = (length: number): Buffer =>
    Buffer.concat([Buffer.of(1, 0, length >> 8, length & 255), Buffer.from(Array.from({ length }, (_, i) => i & 255))]);

  it('are put together in any order, twice and overlapping, with padding, pings and acknowledgements between them', () => {
    const whole = message(2_300);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 40 }), fc.infiniteStream(fc.nat()), (cuts, random) => {
        const edges = [...new Set([0, ...cuts, whole.length])].sort((a, b) => a - b);
        const pieces = edges.slice(1).map((end, i) => ({ from: edges[i]!, end }));
        const shuffled = [...pieces, ...pieces.slice(0, 3)].sort(() => (random.next().value & 1) - 0.5);
        const stream = new QuicCryptoStream();
        for (const { from, end } of shuffled) {
          const overlap = Math.min(from, 5);
          const frames = Buffer.concat([
            hex('0000 01 02 05 00 01 00 03 02 03 05 00 00 00 01 02 03'),
            cryptoFrame(from - overlap, whole.subarray(from - overlap, end)),
            Buffer.alloc(7),
          ]);
          assert.ok(addFrames(frames, stream));
        }
        assert.ok(stream.hasMessage);
        assert.deepEqual(Buffer.from(stream.whole), whole);
      }),
      { numRuns: 200 },
    );
  });

  it('are no message while there is a hole', () => {
    const whole = message(100);
    const stream = new QuicCryptoStream();
    assert.ok(addFrames(cryptoFrame(60, whole.subarray(60)), stream));
    assert.equal(stream.whole.length, 0);
    assert.ok(addFrames(cryptoFrame(0, whole.subarray(0, 59)), stream));
    assert.equal(stream.hasMessage, false);
    assert.equal(stream.whole.length, 59);
    assert.ok(addFrames(cryptoFrame(59, whole.subarray(59, 60)), stream));
    assert.ok(stream.hasMessage);
  });

  it('are refused beyond the bounds: bytes, pieces, lengths', () => {
    const stream = new QuicCryptoStream();
    assert.equal(addFrames(cryptoFrame(MAX_CRYPTO_BYTES - 1, Buffer.alloc(2)), stream), false);
    assert.equal(addFrames(hex('06 00 05 aabb'), stream), false);
    assert.equal(addFrames(hex('06 c0ffffff ffffffff 01 aa'), stream), false);
    let taken = 0;
    for (let i = 0; i < 1_000; i++) if (addFrames(cryptoFrame(i * 2, Buffer.of(1)), stream)) taken += 1;
    assert.equal(taken, 128);
    assert.equal(addFrames(hex('02 00 00 bfffffff 00'), stream), false);
    assert.equal(addFrames(hex('1c 00 00 00'), stream), true);
    assert.equal(addFrames(hex('08 00'), stream), false);
  });
});
