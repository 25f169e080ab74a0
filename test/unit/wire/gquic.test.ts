import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BAD, FITS, SHORT } from '@kaipo/core/wire/check.js';
import {
  findGquicMessage,
  GQUIC_CHLO,
  GQUIC_SNI,
  GQUIC_USER_AGENT,
  GquicHeader,
  GquicValue,
  isGquicReject,
  isGquicReset,
  readGquicHeader,
  readGquicValue,
} from '@kaipo/core/wire/gquic.js';
import { latin1Text } from '@kaipo/core/wire/match.js';
import fc from 'fast-check';

/** A message of Google's handshake: tag, entries with the ends of their values, values. */
function message(tag: string, entries: readonly (readonly [string, string])[]): Buffer {
  let end = 0;
  const heads = entries.map(([name, value]) => {
    end += value.length;
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32LE(end, 4);
    return head;
  });
  const values = entries.map(([, value]) => Buffer.from(value, 'latin1'));
  return Buffer.concat([Buffer.from(tag.padEnd(4, '\0')), Buffer.of(entries.length, 0, 0, 0), ...heads, ...values]);
}

const CHLO = message('CHLO', [
  ['PAD', '-'.repeat(100)],
  ['SNI', 'www.example.com'],
  ['UAID', 'Chrome/62'],
]);
const ID = Buffer.alloc(8, 7);
const HASH = Buffer.alloc(12, 9);
const PACKET = Buffer.concat([
  Buffer.of(0x09),
  ID,
  Buffer.from('Q039'),
  Buffer.of(1),
  HASH,
  Buffer.of(0xa0, 1, 0, 0),
  CHLO,
]);

describe("Google's public header", () => {
  const header = new GquicHeader();
  it('names the version, with packet numbers of 1 to 6 bytes', () => {
    for (const [flags, bytes] of [
      [0x09, 1],
      [0x1d, 2],
      [0x29, 4],
      [0x39, 6],
    ] as const) {
      const packet = Buffer.concat([Buffer.of(flags), ID, Buffer.from('Q035'), Buffer.alloc(bytes, 1), HASH]);
      assert.equal(readGquicHeader(packet, 0, packet.length, header), FITS);
      assert.deepEqual([header.version, header.payloadAt], [0x51303335, 13 + bytes]);
    }
  });

  it('is refused with other flags, without an id, with a version that never was, and when it is cut', () => {
    const changed = (at: number, value: number): Buffer => {
      const packet = Buffer.from(PACKET);
      packet[at] = value;
      return packet;
    };
    for (const packet of [
      ...[0x08, 0x0b, 0x49, 0x89, 0x01].map((flags) => changed(0, flags)),
      changed(9, 0x52),
      changed(11, 0x39),
      changed(12, 0x41),
    ])
      assert.equal(readGquicHeader(packet, 0, packet.length, header), BAD);
    assert.equal(readGquicHeader(PACKET, 0, 12, header), SHORT);
  });
});

describe("Google's handshake", () => {
  it('has a CHLO, and values in it', () => {
    const value = new GquicValue();
    const at = findGquicMessage(PACKET, 14, PACKET.length, GQUIC_CHLO);
    assert.equal(at, 30);
    assert.ok(readGquicValue(PACKET, at, PACKET.length, GQUIC_SNI, value));
    assert.equal(latin1Text(PACKET, value.at, value.end), 'www.example.com');
    assert.ok(readGquicValue(PACKET, at, PACKET.length, GQUIC_USER_AGENT, value));
    assert.equal(latin1Text(PACKET, value.at, value.end), 'Chrome/62');
    assert.equal(readGquicValue(PACKET, at, PACKET.length - 4, GQUIC_USER_AGENT, value), false);
    assert.equal(readGquicValue(PACKET, at, PACKET.length, 0x56455200, value), false);
  });

  it('is known by a REJ and by a public reset', () => {
    const reject = message('REJ', [
      ['STK', 'token'],
      ['SNO', 'nonce'],
    ]);
    const answer = Buffer.concat([Buffer.of(0x08), ID, Buffer.of(1), HASH, Buffer.of(0xa0, 1, 0, 0), reject]);
    assert.ok(isGquicReject(answer, 0, answer.length));
    const withVersion = Buffer.from(answer);
    withVersion[0] = 0x09;
    assert.equal(isGquicReject(withVersion, 0, answer.length), false);
    const reset = Buffer.concat([Buffer.of(0x0a), ID, message('PRST', [['RNON', '12345678']])]);
    assert.ok(isGquicReset(reset, 0, reset.length));
    assert.equal(isGquicReset(answer, 0, answer.length), false);
  });

  it('is no message when the ends of values go back, or there are too many', () => {
    const damaged = Buffer.from(CHLO);
    damaged.writeUInt32LE(1, 8 + 8 + 4);
    assert.equal(findGquicMessage(damaged, 0, damaged.length, GQUIC_CHLO), -1);
    damaged[4] = 65;
    assert.equal(findGquicMessage(damaged, 0, damaged.length, GQUIC_CHLO), -1);
  });

  it('never throws and stays in bounds, whatever the bytes', () => {
    const header = new GquicHeader();
    const value = new GquicValue();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(PACKET.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(PACKET.length),
        (changes, end) => {
          const bytes = Buffer.from(PACKET);
          for (const [at, byte] of changes) bytes[at] = byte;
          if (readGquicHeader(bytes, 0, end, header) !== FITS) return;
          const at = findGquicMessage(bytes, header.payloadAt, end, GQUIC_CHLO);
          if (at < 0 || !readGquicValue(bytes, at, end, GQUIC_SNI, value)) return;
          assert.ok(value.at >= at && value.end <= end && value.at < value.end);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
