// Where addresses are: this host, its networks, or beyond.
import assert from 'node:assert/strict';
import test from 'node:test';
import { TrafficZones } from '@kaipo/core/query/traffic-zone.js';

const OWN = [
  { address: '127.0.0.1', cidr: '127.0.0.1/8' },
  { address: '192.168.1.7', cidr: '192.168.1.7/24' },
  { address: '203.0.113.9', cidr: '203.0.113.9/28' },
  { address: '2001:db8:1::7', cidr: '2001:db8:1::7/64' },
  { address: 'fe80::1', cidr: 'fe80::1/64' },
  { address: '198.51.100.1', cidr: null },
  { address: '198.51.100.2', cidr: '198.51.100.2/0' },
  { address: 'not an address', cidr: 'not an address/8' },
];

const EXPECTED: readonly (readonly [string, 'host' | 'lan' | 'internet'])[] = [
  ['127.0.0.1', 'host'],
  ['127.9.9.9', 'host'],
  ['::1', 'host'],
  ['192.168.1.7', 'host'],
  ['::ffff:192.168.1.7', 'host'],
  ['203.0.113.9', 'host'],
  ['2001:db8:1::7', 'host'],
  ['fe80::1', 'host'],
  ['198.51.100.1', 'host'],
  ['192.168.1.8', 'lan'],
  ['10.200.0.1', 'lan'],
  ['172.16.0.1', 'lan'],
  ['169.254.10.10', 'lan'],
  ['fe80::2', 'lan'],
  ['fe80::2%eth0', 'lan'],
  ['fd00::1', 'lan'],
  ['224.0.0.251', 'lan'],
  ['ff02::fb', 'lan'],
  ['255.255.255.255', 'lan'],
  ['0.0.0.0', 'lan'],
  ['::', 'lan'],
  // Public prefixes of our own interfaces.
  ['203.0.113.1', 'lan'],
  ['203.0.113.15', 'lan'],
  ['2001:db8:1::99', 'lan'],
  ['::ffff:10.1.2.3', 'lan'],
  ['203.0.113.16', 'internet'],
  ['2001:db8:2::1', 'internet'],
  ['172.32.0.1', 'internet'],
  ['198.51.100.3', 'internet'],
  ['100.64.0.1', 'internet'],
  ['8.8.8.8', 'internet'],
  ['2a00::1', 'internet'],
  ['::ffff:8.8.8.8', 'internet'],
  ['no address', 'internet'],
];

test('every address has a zone', () => {
  const zones = new TrafficZones();
  zones.refresh(OWN);
  for (const [ip, zone] of EXPECTED) assert.equal(zones.zoneOf(ip), zone, ip);
});

test('the shared address space of providers is local only where an interface has it', () => {
  const zones = new TrafficZones();
  zones.refresh([{ address: '100.100.5.5', cidr: '100.100.0.0/16' }]);
  assert.equal(zones.zoneOf('100.100.7.7'), 'lan');
  assert.equal(zones.zoneOf('100.64.0.1'), 'internet');
});

test('own addresses are known in every form, and the latest ones count', () => {
  const zones = new TrafficZones();
  zones.refresh(OWN);
  assert.ok(zones.isOwn('192.168.1.7') && zones.isOwn('2001:DB8:1:0:0:0:0:7') && zones.isOwn('::ffff:192.168.1.7'));
  assert.ok(!zones.isOwn('192.168.1.8') && !zones.isOwn('text'));
  zones.refresh([]);
  assert.ok(!zones.isOwn('192.168.1.7'));
  assert.equal(zones.zoneOf('203.0.113.1'), 'internet');
});
