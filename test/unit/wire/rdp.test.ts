import assert from 'node:assert/strict';
import test from 'node:test';
import {
  isRdpUdpSyn,
  RDP_CUT,
  RDP_NOT,
  rdpChosenProtocol,
  rdpConnectEnd,
  rdpCookieAt,
  rdpCookieEnd,
} from '@kaipo/core/wire/rdp.js';
import fc from 'fast-check';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const COOKIE = Buffer.from('Cookie: mstshash=joe\r\n');
/** MS-RDPBCGR 4.1.1: a request with a cookie and a negotiation field. */
const REQUEST = Buffer.concat([hex('03000029 24 e0 0000 0000 00'), COOKIE, hex('01 00 0800 0b000000')]);
const CONFIRM = hex('03000013 0e d0 0000 1234 00 02 1f 0800 02000000');

test('a request with a cookie, alone, and with a negotiation field only', () => {
  assert.equal(rdpConnectEnd(REQUEST, 0, REQUEST.length, false), REQUEST.length);
  assert.equal(
    REQUEST.subarray(rdpCookieAt(0), rdpCookieEnd(REQUEST, 0, REQUEST.length)).toString(),
    COOKIE.toString(),
  );
  for (const text of ['0300000b 06 e0 0000 0000 00', '03000013 0e e0 0000 0000 00 01 00 0800 03000000'])
    assert.equal(rdpConnectEnd(hex(text), 0, hex(text).length, false), hex(text).length, text);
});

test('a confirm says what was chosen', () => {
  assert.equal(rdpConnectEnd(CONFIRM, 0, CONFIRM.length, true), CONFIRM.length);
  assert.equal(rdpChosenProtocol(CONFIRM, 0, CONFIRM.length), 2);
  const refused = hex('03000013 0e d0 0000 1234 00 03 00 0800 05000000');
  assert.equal(rdpConnectEnd(refused, 0, refused.length, true), refused.length);
  assert.equal(rdpChosenProtocol(refused, 0, refused.length), -1);
});

test('cut anywhere more is asked for', () => {
  for (let length = 1; length < REQUEST.length; length++)
    assert.equal(rdpConnectEnd(REQUEST, 0, length, false), RDP_CUT, `${length} bytes`);
});

test('the connection request of S7 and others with parameters of X.224 is none', () => {
  const s7 = hex('03000016 11 e0 0000 0001 00 c0010a c1020100 c2020102');
  assert.equal(rdpConnectEnd(s7, 0, s7.length, false), RDP_NOT);
  const withoutReference = hex('03000016 11 e0 0000 0000 00 c0010a c1020100 c2020102');
  assert.equal(rdpConnectEnd(withoutReference, 0, withoutReference.length, false), RDP_NOT);
});

test('the SYN of RDP over UDP', () => {
  const syn = Buffer.concat([hex('ffffffff 0040 0001 00000007 04d0 04d0'), Buffer.alloc(1_200)]);
  assert.equal(isRdpUdpSyn(syn, 0, syn.length), true);
  assert.equal(isRdpUdpSyn(syn, 0, 100), false);
  syn[7] = 4;
  assert.equal(isRdpUdpSyn(syn, 0, syn.length), false);
});

test('whatever bytes: an end inside, or a reason', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), fc.nat(30), (tail, isConfirm, at) => {
      const bytes = Uint8Array.from(REQUEST);
      bytes.set(tail.subarray(0, bytes.length - at), at);
      const end = rdpConnectEnd(bytes, 0, bytes.length, isConfirm);
      assert.ok(end === RDP_NOT || end === RDP_CUT || (end > 0 && end <= bytes.length));
    }),
  );
});
