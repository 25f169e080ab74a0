// Check sums against their published check values, and readers of field buses against what they have to refuse.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coapOptionsProof, coapTcpLength } from '@kaipo/core/wire/coap.js';
import { crc16Ccitt, crc16Dnp, crc16X25 } from '@kaipo/core/wire/crc16.js';
import { modbusLength } from '@kaipo/core/wire/modbus.js';
import { hasCotpSelectors, tpktLength } from '@kaipo/core/wire/tpkt.js';
import fc from 'fast-check';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const CHECK = Uint8Array.from(Buffer.from('123456789'));

describe('check sums', () => {
  it('have the check values of the CRC catalogue', () => {
    assert.equal(crc16Dnp(CHECK, 0, 9), 0xea82);
    assert.equal(crc16X25(CHECK, 0, 9), 0x906e);
    assert.equal(crc16Ccitt(CHECK, 0, 9, 0xffff), 0x29b1);
    assert.equal(crc16Ccitt(CHECK, 0, 9, 0), 0x31c3);
  });
});

describe('modbus', () => {
  const lengthOf = (text: string): number => modbusLength(hex(text), 0, hex(text).length);

  it('takes requests and answers whose parts agree', () => {
    assert.equal(lengthOf('0001 0000 0006 01 03 0000 000a'), 12);
    assert.equal(lengthOf('0001 0000 0005 01 03 02 0102'), 11);
    assert.equal(lengthOf('0001 0000 0003 01 83 02'), 9);
    assert.equal(lengthOf('0001 0000 0009 01 10 0000 0001 02 0102'), 15);
  });

  it('refuses another protocol number, amounts and lengths that cannot be', () => {
    assert.equal(lengthOf('0001 0001 0006 01 03 0000 000a'), -1);
    assert.equal(lengthOf('0001 0000 0006 01 03 0000 0000'), -1);
    assert.equal(lengthOf('0001 0000 0005 01 03 03 0102'), -1);
    assert.equal(lengthOf('0001 0000 0003 01 83 40'), -1);
    assert.equal(lengthOf('0000 0000 0000 00 00 0000 0000'), -1);
  });
});

describe('ISO transport', () => {
  it('finds the selectors of a connect message', () => {
    const connect = hex('03000016 11e00000000100 c0010a c1020100 c2020102');
    assert.equal(tpktLength(connect, 0, connect.length), 22);
    assert.equal(hasCotpSelectors(connect, 0), true);
    assert.equal(hasCotpSelectors(hex('0300000b 06e00000000000'), 0), false, 'as remote desktops connect');
  });
});

describe('CoAP', () => {
  const proofOf = (text: string): number => coapOptionsProof(hex(text), 0, hex(text).length);

  it('walks known options to the end', () => {
    assert.equal(proofOf('b474657374'), 3 + 4 + 4);
    assert.equal(proofOf('b17f'), -1, 'no control characters in a path');
    assert.equal(proofOf('a0'), -1, 'option 10 does not exist');
    assert.equal(proofOf('b5746573'), -1, 'longer than the datagram');
    assert.equal(proofOf('ff'), -1, 'a payload that is not there');
  });

  it('never reads past the end, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const proof = coapOptionsProof(bytes, 0, bytes.length);
        const length = bytes.length === 0 ? 0 : coapTcpLength(bytes, 0, bytes.length);
        // The same answers with other bytes behind the end.
        const longer = new Uint8Array(bytes.length + 8).fill(0xb1);
        longer.set(bytes);
        assert.equal(coapOptionsProof(longer, 0, bytes.length), proof);
        if (bytes.length > 0) assert.equal(coapTcpLength(longer, 0, bytes.length), length);
      }),
    );
  });
});
