import assert from 'node:assert/strict';
import test from 'node:test';
import { macText } from '@kaipo/core/wire/address-text.js';
import { arpIsIpv4, arpIsProbe, arpSenderIpAt, arpSenderMacAt, arpTargetIpAt } from '@kaipo/core/wire/arp.js';
import {
  isNdp,
  NDP_SOURCE_ADDRESS,
  NDP_TARGET_ADDRESS,
  ndpLinkAddressAt,
  ndpTargetAt,
  ndpType,
} from '@kaipo/core/wire/ndp.js';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const ARP = '0001 0800 06 04 0001 00112233 4455 c0000201 000000000000 c0000202';

test('an ARP request, byte by byte', () => {
  const frame = hex(`0000 ${ARP}`);
  const at = 2;
  assert.ok(arpIsIpv4(frame, at));
  assert.equal(arpIsProbe(frame, at), false);
  assert.equal(macText(frame, arpSenderMacAt(at)), '00:11:22:33:44:55');
  assert.equal(frame.readUInt32BE(arpSenderIpAt(at)), 0xc0000201);
  assert.equal(frame.readUInt32BE(arpTargetIpAt(at)), 0xc0000202);
});

test('a probe has no address yet; other hardware is not read', () => {
  assert.ok(arpIsProbe(hex(ARP.replace('c0000201', '00000000')), 0));
  assert.equal(arpIsIpv4(hex(ARP.replace('0001 0800', '0018 0800')), 0), false);
});

const HOP_255 = 'ff fe80000000000000000000000000000a ff020000000000000000000000000001';
const TARGET = '20010db8000000000000000000000001';

test('a neighbour advertisement, byte by byte', () => {
  const packet = hex(`${HOP_255} 88 00 0000 20000000 ${TARGET} 02 01 001122334455`);
  const at = 33;
  assert.ok(isNdp(packet, at, packet.length, 1));
  assert.equal(ndpType(packet, at), 136);
  assert.equal(packet.subarray(ndpTargetAt(at), ndpTargetAt(at) + 16).toString('hex'), TARGET);
  assert.equal(macText(packet, ndpLinkAddressAt(packet, at, packet.length, NDP_TARGET_ADDRESS)), '00:11:22:33:44:55');
  assert.equal(ndpLinkAddressAt(packet, at, packet.length, NDP_SOURCE_ADDRESS), -1);
});

test('what a router has passed on, what is cut, and what loops is no neighbour discovery', () => {
  const packet = hex(`${HOP_255} 87 00 0000 00000000 ${TARGET} 01 01 001122334455`);
  assert.ok(isNdp(packet, 33, packet.length, 1));
  for (let length = 33; length < packet.length; length++)
    if (length !== 57) assert.equal(isNdp(packet, 33, length, 1), false, `${length} bytes`);
  const routed = Buffer.from(packet);
  routed[0] = 64;
  assert.equal(isNdp(routed, 33, routed.length, 1), false);
  const looping = Buffer.from(packet);
  looping[33 + 25] = 0;
  assert.equal(isNdp(looping, 33, looping.length, 1), false);
});
