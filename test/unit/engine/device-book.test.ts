import assert from 'node:assert/strict';
import test from 'node:test';
import type { DeviceSighting } from '@kaipo/core/api/index.js';
import { decodeBatch } from '@kaipo/core/decode/decode-batch.js';
import { DeviceBook } from '@kaipo/core/engine/device-book.js';
import { DeviceFrames } from '@kaipo/core/engine/device-frames.js';
import { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { be8, joined } from '../../fixtures/bytes.js';
import { arp, CLIENT_MAC, ethernetIp } from '../../fixtures/link-layers.js';
import { ipv6, PROTO_ICMP6 } from '../../fixtures/network-layers.js';

const MAC = '00:11:22:33:44:55';

test('an address, its hardware address, and a name told later', () => {
  const book = new DeviceBook((mac) => (mac.startsWith('00:11:22') ? 'Cimsys' : undefined));
  book.learn({ tsUs: 5, from: 'arp', ip: '192.0.2.7', mac: MAC });
  assert.deepEqual(book.deviceOf('192.0.2.7'), { ip: '192.0.2.7', mac: MAC, vendor: 'Cimsys', firstUs: 5, lastUs: 5 });
  book.learn({ tsUs: 9, from: 'dhcp', mac: MAC, name: 'phone', vendor: 'android-dhcp-14' });
  const device = book.deviceOf('192.0.2.7');
  assert.deepEqual([device?.name, device?.vendor], ['phone', 'android-dhcp-14']);
  assert.equal(book.deviceOf('192.0.2.8'), undefined);
});

test('the better source names; the same source may name anew', () => {
  const book = new DeviceBook();
  const told = (from: DeviceSighting['from'], name: string) => book.learn({ tsUs: 1, from, ip: '192.0.2.7', name });
  told('nbns', 'DESKTOP');
  told('dhcp', 'desktop');
  told('nbns', 'DESKTOP-2');
  assert.equal(book.deviceOf('192.0.2.7')?.name, 'desktop');
  told('dhcp', 'renamed');
  assert.equal(book.deviceOf('192.0.2.7')?.name, 'renamed');
});

test('another device that gets the address does not inherit its name', () => {
  const book = new DeviceBook();
  book.learn({ tsUs: 1, from: 'dhcp', ip: '192.0.2.7', mac: MAC, name: 'phone' });
  book.learn({ tsUs: 2, from: 'arp', ip: '192.0.2.7', mac: '00:11:22:33:44:66' });
  assert.deepEqual(book.deviceOf('192.0.2.7'), { ip: '192.0.2.7', mac: '00:11:22:33:44:66', firstUs: 2, lastUs: 2 });
  assert.equal(book.moved, 1);
});

test('full: who was told of longest ago is forgotten, and counted', () => {
  const book = new DeviceBook(undefined, 2);
  for (const [index, ip] of ['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.3'].entries())
    book.learn({ tsUs: index, from: 'arp', ip });
  assert.deepEqual(
    [...book.devices()].map(({ ip }) => ip),
    ['192.0.2.1', '192.0.2.3'],
  );
  assert.deepEqual([book.size, book.evicted], [2, 1]);
});

function told(...frames: readonly Uint8Array[]): DeviceSighting[] {
  const batch = new FrameBatch(joined(...frames), frames.length);
  let at = 0;
  for (const [row, frame] of frames.entries()) {
    batch.tsUs[row] = row * 1_000_000;
    batch.frameStart[row] = at;
    batch.capLen[row] = frame.length;
    batch.wireLen[row] = frame.length;
    batch.linkType[row] = 1;
    at += frame.length;
  }
  batch.length = frames.length;
  decodeBatch(batch);
  const sightings: DeviceSighting[] = [];
  new DeviceFrames((sighting) => sightings.push(sighting)).read(batch);
  return sightings;
}

test('ARP is told once a minute', () => {
  const frame = arp(1, '10.0.0.7', '10.0.0.1');
  assert.deepEqual(told(frame, frame), [{ tsUs: 0, from: 'arp', ip: '10.0.0.7', mac: CLIENT_MAC }]);
});

test('an address that two devices claim in turn is told at every change', () => {
  const [one, other] = [arp(1, '10.0.0.7', '10.0.0.1'), arp(1, '10.0.0.7', '10.0.0.1')];
  // The sender's hardware address: the last byte of it in the header and in the message.
  other[11]! ^= 1;
  other[27]! ^= 1;
  assert.equal(told(one, other, one, other, other).length, 4);
});

test('a router that advertises itself is told as one, besides as a device', () => {
  const message = joined(
    be8(134, 0, 0, 0, 64, 0, 7, 8),
    be8(0, 0, 0, 0, 0, 0, 0, 0),
    be8(1, 1, 0, 0x11, 0x22, 0x33, 0x44, 0x55),
  );
  const packet = Uint8Array.from(ipv6('fe80::9', 'ff02::1', PROTO_ICMP6, message));
  packet[7] = 255;
  assert.deepEqual(told(ethernetIp(packet)), [{ tsUs: 0, from: 'ndp', ip: 'fe80::9', mac: MAC, role: 'router' }]);
});

test('neighbour discovery is told; what came through a router is not', () => {
  const target = be8(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9);
  const message = joined(be8(136, 0, 0, 0, 0x20, 0, 0, 0), target, be8(2, 1, 0, 0x11, 0x22, 0x33, 0x44, 0x55));
  const packet = ipv6('fe80::9', 'ff02::1', PROTO_ICMP6, message);
  const near = Uint8Array.from(packet);
  near[7] = 255;
  const far = Uint8Array.from(packet);
  far[7] = 64;
  assert.deepEqual(told(ethernetIp(near), ethernetIp(far)), [{ tsUs: 0, from: 'ndp', ip: '2001:db8::9', mac: MAC }]);
});
