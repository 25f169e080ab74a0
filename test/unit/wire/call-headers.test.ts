// Readers of calls and tunnels: STUN, RTP and RTCP, SIP start lines, OpenVPN, IKE, GTP and PFCP, transport streams.
import assert from 'node:assert/strict';
import test from 'node:test';
import { isGtpControl1, isGtpControl2, isGtpPrime, isGtpUser, isPfcp } from '@kaipo/core/wire/gtp-control.js';
import { ikeVersion } from '@kaipo/core/wire/ike.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { transportPackets } from '@kaipo/core/wire/mpeg-ts.js';
import { isOpenvpnAck, isOpenvpnClientReset, isOpenvpnServerReset, isOpenvpnTls } from '@kaipo/core/wire/openvpn.js';
import { rtcpIsWhole, rtpHeaderBytes } from '@kaipo/core/wire/rtp.js';
import {
  SIP_HEADERS,
  SIP_NOT,
  SIP_PARTLY,
  SIP_REQUEST,
  SIP_RESPONSE,
  sipDatagramKind,
  sipField,
  sipKind,
} from '@kaipo/core/wire/sip.js';
import {
  STUN_CLASSIC,
  STUN_CLASSIC_BARE,
  STUN_MODERN,
  STUN_NOT,
  stunInStreamAt,
  stunKind,
  turnChannelDataEnd,
} from '@kaipo/core/wire/stun.js';
import fc from 'fast-check';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const kindOf = (bytes: Uint8Array, isCut = false): number => stunKind(bytes, 0, bytes.length, isCut);

test('STUN: with the cookie a length that fits is enough', () => {
  const request = hex('0001 0004 2112a442 000102030405060708090a0b 80270000');
  assert.equal(kindOf(request), STUN_MODERN);
  assert.equal(kindOf(request.subarray(0, 22)), STUN_NOT);
  assert.equal(kindOf(request.subarray(0, 22), true), STUN_MODERN);
  assert.equal(kindOf(hex('8001 0004 2112a442 000102030405060708090a0b 80270000')), STUN_NOT);
});

test('STUN: without it the attributes must be known and end exactly', () => {
  const id = '4fa26d03b1c75e98207b3cd95a11e684';
  assert.equal(kindOf(hex(`0101 000c ${id} 0001 0008 0001 9c40 c0000201`)), STUN_CLASSIC);
  assert.equal(kindOf(hex(`0101 000c ${id} 0001 0008 0003 9c40 c0000201`)), STUN_NOT, 'a family that is none');
  assert.equal(kindOf(hex(`0101 000c ${id} 0001 0009 0001 9c40 c0000201`)), STUN_NOT);
  assert.equal(kindOf(hex(`0001 0000 ${id}`)), STUN_CLASSIC_BARE);
  assert.equal(kindOf(new Uint8Array(20)), STUN_NOT);
});

test('STUN in a stream: plain, with a length of two bytes, with four bytes of MS-TURN', () => {
  const message = '0003 0000 2112a442 000102030405060708090a0b';
  for (const [head, at] of [
    ['', 0],
    ['0014', 2],
    ['02000014', 4],
  ] as const) {
    const bytes = hex(head + message);
    assert.equal(stunInStreamAt(bytes, 0, bytes.length), at);
  }
  const bytes = hex(`0015${message}`);
  assert.equal(stunInStreamAt(bytes, 0, bytes.length), -1);
});

test('TURN channel data: at most three bytes of padding', () => {
  assert.equal(turnChannelDataEnd(hex('4001 0003 aabbcc 00'), 0, 8), 7);
  assert.equal(turnChannelDataEnd(hex('4001 0003 aabbcc 0000000000'), 0, 12), -1);
  assert.equal(turnChannelDataEnd(hex('6001 0003 aabbcc'), 0, 7), -1);
});

test('RTP: fixed part, sources, extension; RTCP types are none', () => {
  const fixed = '0001 00000001 11223344';
  assert.equal(rtpHeaderBytes(hex(`8000${fixed}`), 0, 12), 12);
  assert.equal(rtpHeaderBytes(hex(`8100${fixed} 55667788`), 0, 16), 16);
  assert.equal(rtpHeaderBytes(hex(`9000${fixed} bede0001 00000000`), 0, 20), 20);
  assert.equal(rtpHeaderBytes(hex(`9000${fixed} bede0002 00000000`), 0, 20), -1, 'an extension that is not there');
  assert.equal(rtpHeaderBytes(hex(`80c8${fixed}`), 0, 12), -1);
  assert.equal(rtpHeaderBytes(hex(`4000${fixed}`), 0, 12), -1);
});

test('RTCP: the lengths lead exactly to the end', () => {
  const report = '80c90001 11223344';
  assert.ok(rtcpIsWhole(hex(report), 0, 8));
  assert.ok(rtcpIsWhole(hex(`${report} 81ca0001 11223344`), 0, 16));
  assert.ok(!rtcpIsWhole(hex(`${report} 81ca0002 11223344`), 0, 16));
  assert.ok(!rtcpIsWhole(hex('81c90001 11223344'), 0, 8), 'no room for the block it announces');
});

test('SIP: start lines, beginnings of them, and what is left of a message', () => {
  const kind = (text: string): number => sipKind(asciiBytes(text), 0, text.length);
  assert.equal(kind('OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\n'), SIP_REQUEST);
  assert.equal(kind('SIP/2.0 100 Trying\r\n'), SIP_RESPONSE);
  assert.equal(kind('OPTIONS sip:a@'), SIP_PARTLY);
  assert.equal(kind('GET / HTTP/1.1\r\n\r\n'), SIP_NOT);
  assert.equal(kind('GET /index.html HTT'), SIP_NOT);
  const rest = '????Via: SIP/2.0/UDP host\r\n';
  assert.equal(sipDatagramKind(asciiBytes(rest), 0, rest.length), SIP_HEADERS);
  const head = 'x\r\nUser-Agent : Phone\r\nf:sip:a@b\r\n\r\n';
  const bytes = asciiBytes(head);
  assert.equal(sipField(bytes, 0, bytes.length, 'user-agent', ''), 'Phone');
  assert.equal(sipField(bytes, 0, bytes.length, 'from', 'f'), 'sip:a@b');
  assert.equal(sipField(bytes, 0, bytes.length, 'to', 't'), undefined);
});

const SESSION_A = '0102030405060708';
const SESSION_B = 'a1a2a3a4a5a6a7a8';

test('OpenVPN: what is sure by itself', () => {
  const is = (read: (bytes: Uint8Array, at: number, end: number) => boolean, text: string): boolean => {
    const bytes = hex(text);
    return read(bytes, 0, bytes.length);
  };
  assert.ok(is(isOpenvpnClientReset, `38${SESSION_A}0000000000`));
  assert.ok(is(isOpenvpnClientReset, `38${SESSION_A}${'ab'.repeat(20)}000000016553f1000000000000`));
  assert.ok(!is(isOpenvpnClientReset, `38${SESSION_A}${'ab'.repeat(21)}000000016553f1000000000000`));
  assert.ok(!is(isOpenvpnClientReset, `38${'00'.repeat(8)}0000000000`), 'zeros are no session');
  assert.ok(is(isOpenvpnServerReset, `40${SESSION_B}0100000000${SESSION_A}00000000`));
  assert.ok(is(isOpenvpnAck, `28${SESSION_A}0100000003${SESSION_B}`));
  assert.ok(!is(isOpenvpnAck, `28${SESSION_A}0100000003${SESSION_B}00`));
  assert.ok(is(isOpenvpnTls, `20${SESSION_A}0000000001160303002f0100`));
  assert.ok(!is(isOpenvpnTls, `20${SESSION_A}0000000001170303002f0100`));
});

test('IKE: exact length, version, exchange, flags', () => {
  const header = `${SESSION_A}0000000000000000`;
  assert.equal(ikeVersion(hex(`${header}21202208000000000000001c`), 0, 28, false), 2);
  assert.equal(ikeVersion(hex(`${header}01100200000000000000001c`), 0, 28, false), 1);
  assert.equal(ikeVersion(hex(`${header}21202208000000000000001d`), 0, 28, false), 0);
  assert.equal(ikeVersion(hex(`${header}21202208000000000000001d`), 0, 28, true), 2);
  assert.equal(ikeVersion(hex(`${header}21302208000000000000001c`), 0, 28, false), 0);
});

test('GTP and PFCP: each version has its own header', () => {
  const echo1 = hex('3201000600000000000100000e05');
  assert.ok(isGtpControl1(echo1, 0, echo1.length, false));
  assert.ok(isGtpUser(hex('3001000000000000'), 0, 8, false));
  const echo2 = hex('40010009000011000300010005');
  assert.ok(isGtpControl2(echo2, 0, echo2.length, false));
  assert.ok(!isGtpControl2(hex('4001000900001100030002000f'), 0, 13, false));
  const prime = hex('4e01000200010e05');
  assert.ok(isGtpPrime(prime, 0, prime.length, false));
  const heartbeat = hex('2001000c000001000060000411223344');
  assert.ok(isPfcp(heartbeat, 0, heartbeat.length, false));
  assert.ok(!isPfcp(heartbeat.subarray(0, 15), 0, 15, false));
});

test('transport streams: nothing but whole packets', () => {
  const packet = new Uint8Array(376);
  packet.set([0x47, 1, 0, 0x10]);
  packet.set([0x47, 1, 0, 0x11], 188);
  assert.equal(transportPackets(packet, 0, 376), 2);
  assert.equal(transportPackets(packet, 0, 375), 0);
  packet[188] = 0x46;
  assert.equal(transportPackets(packet, 0, 376), 0);
});

/** Fails when a byte outside is read: there is nothing outside. */
test('no reader throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 96 }), fc.boolean(), (bytes, isCut) => {
      const end = bytes.length;
      stunKind(bytes, 0, end, isCut);
      stunInStreamAt(bytes, 0, end);
      turnChannelDataEnd(bytes, 0, end);
      rtpHeaderBytes(bytes, 0, end);
      rtcpIsWhole(bytes, 0, end);
      sipDatagramKind(bytes, 0, end);
      sipField(bytes, 0, end, 'via', 'v');
      for (const read of [isOpenvpnAck, isOpenvpnClientReset, isOpenvpnServerReset, isOpenvpnTls]) read(bytes, 0, end);
      for (const read of [isGtpControl1, isGtpControl2, isGtpPrime, isGtpUser, isPfcp, ikeVersion])
        read(bytes, 0, end, isCut);
      transportPackets(bytes, 0, end);
    }),
    { numRuns: 2000 },
  );
});
