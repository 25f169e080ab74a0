import assert from 'node:assert/strict';
import test from 'node:test';
import * as capwap from '@kaipo/core/wire/capwap.js';
import { BAD, FITS, SHORT } from '@kaipo/core/wire/check.js';
import * as gre from '@kaipo/core/wire/gre.js';
import { gtpUserPacketAt } from '@kaipo/core/wire/gtp.js';
import { l2tpFrameAt } from '@kaipo/core/wire/l2tp.js';
import { ayiyaNextHeader, ayiyaPacketAt, teredoPacketAt } from '@kaipo/core/wire/teredo.js';
import * as vxlan from '@kaipo/core/wire/vxlan.js';
import { hex } from '../decode/packet-bytes.js';

test('GRE: the optional fields of RFC 2890 and of PPTP', () => {
  const plain = hex('0000 0800');
  assert.equal(gre.checkGre(plain, 0, 4), FITS);
  assert.equal(gre.greLength(plain, 0), 4);
  assert.equal(gre.greProtocol(plain, 0), 0x0800);
  const all = hex('b000 6558 00000000 00000001 00000002');
  assert.equal(gre.greLength(all, 0), 16);
  assert.equal(gre.greHasSequence(all, 0), true);
  assert.equal(gre.checkGre(all, 0, 15), SHORT);
  const pptp = hex('3081 880b 0000 0001 00000001 00000002');
  assert.equal(gre.greVersion(pptp, 0), 1);
  assert.equal(gre.greLength(pptp, 0), 16);
  assert.equal(gre.checkGre(hex('0002 0800'), 0, 4), BAD);
  assert.equal(gre.checkGre(hex('4000 0800 00000000'), 0, 8), BAD);
});

test('ERSPAN III and WCCP behind GRE', () => {
  const erspan = hex('2001 0001 00000000 0000 0008');
  assert.equal(gre.erspan3Length(erspan, 0), 12);
  assert.equal(gre.erspan3FrameType(erspan, 0), 0);
  assert.equal(gre.erspan3FrameType(hex('2001 0001 00000000 0000 0801'), 0), 2);
  assert.equal(gre.erspan3Length(hex('2001 0001 00000000 0000 0001'), 0), 20);
  assert.equal(gre.wccpLength(hex('45'), 0), 0);
  assert.equal(gre.wccpLength(hex('01'), 0), 4);
});

test('VXLAN, VXLAN-GPE, Geneve, network service header', () => {
  assert.equal(vxlan.looksLikeVxlan(hex('08000000 00000100'), 0), true);
  assert.equal(vxlan.looksLikeVxlan(hex('00000000 00000100'), 0), false);
  assert.equal(vxlan.looksLikeVxlan(hex('08000000 00000101'), 0), false);
  assert.equal(vxlan.gpeNext(hex('0c000001 00000100'), 0), vxlan.NEXT_IPV4);
  assert.equal(vxlan.gpeNext(hex('08000001 00000100'), 0), vxlan.NEXT_ETHERNET);
  const geneve = hex('02006558 00000100 0000000000000000');
  assert.equal(vxlan.geneveVersion(geneve, 0), 0);
  assert.equal(vxlan.geneveLength(geneve, 0), 16);
  assert.equal(vxlan.geneveProtocol(geneve, 0), 0x6558);
  const nsh = hex('0fc6 01 03 00000001');
  assert.equal(vxlan.nshLength(nsh, 0), 24);
  assert.equal(vxlan.nshNext(nsh, 0), vxlan.NEXT_ETHERNET);
});

test('GTP-U: G-PDUs only, optional fields and extension headers', () => {
  const at = (text: string): number => gtpUserPacketAt(hex(text), 0, hex(text).length);
  assert.equal(at('30 ff 0014 00000001 45'), 8);
  assert.equal(at('32 ff 0014 00000001 0001 00 00 45'), 12);
  assert.equal(at('34 ff 0014 00000001 0000 00 85 01 0000 00 45'), 16);
  assert.equal(at('34 ff 0014 00000001 0000 00 85 00 0000 00 45'), -1); // length 0
  assert.equal(at('34 ff 0014 00000001 0000 00 85 09 0000 00 45'), -1); // past the end
  assert.equal(at('30 01 0004 00000001'), -1); // echo request
  assert.equal(at('50 ff 0014 00000001'), -1); // version 2
  assert.equal(at('30 ff 0014 0000'), -1);
});

test('Teredo and AYIYA', () => {
  const teredo = (text: string): number => teredoPacketAt(hex(text), 0, hex(text).length);
  assert.equal(teredo('60'), 0);
  assert.equal(teredo('0000 1234 0a000001 60'), 8);
  assert.equal(teredo('0001 02 01 aabb cc 0000000000000000 00 60'), 16);
  assert.equal(teredo('0001 ff ff 0000000000000000 00 60'), -1);
  assert.equal(teredo('45'), -1);
  const ayiya = hex('12 10 11 29 00000000 aabb ccccdddd 60');
  assert.equal(ayiyaPacketAt(ayiya, 0, ayiya.length), 14);
  assert.equal(ayiyaNextHeader(ayiya, 0), 41);
  assert.equal(ayiyaPacketAt(hex('12 10 12 29 00000000 aabb ccccdddd 60'), 0, 15), -1);
});

test('L2TP: data messages of version 2 with any of their optional fields', () => {
  const at = (text: string): number => l2tpFrameAt(hex(text), 0, hex(text).length);
  assert.equal(at('0002 0001 0002 ff03'), 6);
  assert.equal(at('4802 000c 0001 0002 0001 0002 ff03'), 12);
  assert.equal(at('0202 0001 0002 0003 000000 ff03'), 11);
  assert.equal(at('0202 0001 0002 ffff 000000 ff03'), -1);
  assert.equal(at('c802 000c 0001 0000 0001 0002'), -1); // control
  assert.equal(at('0003 0001 0002 ff03'), -1);
});

test('CAPWAP and TZSP', () => {
  const data = hex('00 10 0300 0000 0000 08');
  assert.equal(capwap.capwapFrameAt(data, 0, 9), 8);
  assert.equal(capwap.capwapIsNative(data, 0), true);
  assert.equal(capwap.capwapFrameAt(hex('01 10 0300 0000 0000 08'), 0, 9), -1); // DTLS
  assert.equal(capwap.capwapFrameAt(hex('00 10 0380 0000 0000 08'), 0, 9), -1); // fragment
  assert.equal(capwap.capwapFrameAt(hex('00 08 0300 0000 0000 08'), 0, 9), -1); // header too short
  const tzsp = hex('01 00 0012 00 0a 01 ff 01 08');
  assert.equal(capwap.tzspFrameAt(tzsp, 0, 10), 9);
  assert.equal(capwap.tzspEncapsulation(tzsp, 0), capwap.TZSP_WLAN);
  assert.equal(capwap.tzspFrameAt(hex('01 00 0001 00 00 00'), 0, 7), -1);
  assert.equal(capwap.tzspFrameAt(hex('01 00 0001 0a'), 0, 5), -1);
});
