import assert from 'node:assert/strict';
import test from 'node:test';
import { BAD, FITS, SHORT } from '@kaipo/core/wire/check.js';
import * as icmp from '@kaipo/core/wire/icmp.js';
import * as sctp from '@kaipo/core/wire/sctp.js';
import * as tcp from '@kaipo/core/wire/tcp.js';
import * as udp from '@kaipo/core/wire/udp.js';
import { hex } from '../decode/packet-bytes.js';

// RFC 9293 section 3.1: SYN with a maximum segment size.
const TCP = hex('c738 01bb fedcba98 00000001 60 02 ffff 1234 0000 020405b4');

test('TCP: fields of the RFC 9293 figure, and the door', () => {
  assert.equal(tcp.checkTcp(TCP, 0, TCP.length), FITS);
  assert.equal(tcp.tcpSourcePort(TCP, 0), 51000);
  assert.equal(tcp.tcpDestinationPort(TCP, 0), 443);
  assert.equal(tcp.tcpSequence(TCP, 0), 0xfedcba98);
  assert.equal(tcp.tcpAcknowledgement(TCP, 0), 1);
  assert.equal(tcp.tcpHeaderLength(TCP, 0), 24);
  assert.equal(tcp.tcpFlagsByte(TCP, 0), 2);
  assert.equal(tcp.tcpWindow(TCP, 0), 65535);
  assert.equal(tcp.checkTcp(TCP, 0, 19), SHORT);
  const bad = TCP.slice();
  bad[12] = 0x40;
  assert.equal(tcp.checkTcp(bad, 0, bad.length), BAD);
});

test('UDP: fields of the RFC 768 figure; a length of 0 is a jumbogram, 1 to 7 are not possible', () => {
  const bytes = hex('0035 d431 0010 beef 0102030405060708');
  assert.equal(udp.checkUdp(bytes, 0, bytes.length), FITS);
  assert.equal(udp.udpSourcePort(bytes, 0), 53);
  assert.equal(udp.udpDestinationPort(bytes, 0), 54321);
  assert.equal(udp.udpLength(bytes, 0), 16);
  assert.equal(udp.checkUdp(bytes, 0, 7), SHORT);
  assert.equal(udp.checkUdp(hex('0035 d431 0000 0000'), 0, 8), FITS);
  assert.equal(udp.checkUdp(hex('0035 d431 0007 0000'), 0, 8), BAD);
});

test('SCTP, DCCP and ICMP: their doors', () => {
  assert.equal(sctp.checkSctp(0, 12), FITS);
  assert.equal(sctp.checkSctp(0, 11), SHORT);
  const dccp = hex('0001 0002 04 00 0000 00 000000 00000000');
  assert.equal(sctp.checkDccp(dccp, 0, dccp.length), FITS);
  assert.equal(sctp.dccpHeaderLength(dccp, 0), 16);
  assert.equal(sctp.checkDccp(dccp, 0, 11), SHORT);
  assert.equal(sctp.checkDccp(hex('0001 0002 02 00 0000 00 000000 00000000'), 0, 16), BAD);
  const unreachable = hex('03 01 fcfe');
  assert.equal(icmp.checkIcmp(0, 4), FITS);
  assert.equal(icmp.checkIcmp(0, 3), SHORT);
  assert.equal(icmp.icmpType(unreachable, 0), 3);
  assert.equal(icmp.icmpCode(unreachable, 0), 1);
});
