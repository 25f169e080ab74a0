// Addresses as words: the zones are those of the library that knows addresses as text, and a map of them is a map.
import assert from 'node:assert/strict';
import test from 'node:test';
import { AddressMap } from '@kaipo/core/query/address-map.js';
import { wordsOf } from '@kaipo/core/query/address-prefixes.js';
import { HostTable } from '@kaipo/core/query/host-table.js';
import { addTraffic } from '@kaipo/core/query/traffic-table.js';
import { TrafficZones } from '@kaipo/core/query/traffic-zone.js';
import ipaddr from 'ipaddr.js';
import { below, type Random, seededRandom } from '../../fixtures/seeded-random.js';

const ZONE_OF_RANGE: Readonly<Record<string, string>> = {
  loopback: 'host',
  private: 'lan',
  uniqueLocal: 'lan',
  linkLocal: 'lan',
  deprecatedSiteLocal: 'lan',
  multicast: 'lan',
  broadcast: 'lan',
  unspecified: 'lan',
};

/** Half of them near the edges of a range. */
function randomAddress(random: Random): number[] {
  const bytes = Array.from({ length: below(random, 2) === 0 ? 4 : 16 }, () => below(random, 256));
  if (below(random, 2) === 0) return bytes;
  const starts = [0, 10, 100, 127, 169, 172, 192, 198, 223, 224, 239, 240, 255, 0xfc, 0xfd, 0xfe, 0xff];
  bytes[0] = starts[below(random, starts.length)]!;
  bytes[1] = [0, 15, 16, 31, 32, 64, 168, 254, 255, 0x80, 0xbf, 0xc0][below(random, 12)]!;
  if (below(random, 3) === 0) bytes.fill(below(random, 2) * 255, 2);
  if (below(random, 8) === 0) bytes.fill(0, 0, bytes.length - 1);
  return bytes;
}

const at1 = (bytes: readonly number[]): Uint32Array => Uint32Array.of(7, ...wordsOf(bytes).map((word) => word >>> 0));
const versionOf = (bytes: readonly number[]): number => (bytes.length === 4 ? 4 : 6);

test('zones of words are those of the ranges that the library knows', () => {
  const random = seededRandom(3);
  const zones = new TrafficZones();
  const seen = new Set<string>();
  for (let i = 0; i < 20_000; i++) {
    const bytes = randomAddress(random);
    const range = ipaddr.process(ipaddr.fromByteArray(bytes).toString()).range();
    seen.add(range);
    assert.equal(
      zones.zoneAt(at1(bytes), 1, versionOf(bytes)),
      ZONE_OF_RANGE[range] ?? 'internet',
      `${bytes} ${range}`,
    );
  }
  for (const range of Object.keys(ZONE_OF_RANGE)) assert.ok(seen.has(range), range);
});

test('own addresses and networks are found by words of any form', () => {
  const zones = new TrafficZones();
  zones.refresh([
    { address: '203.0.113.9', cidr: '203.0.113.9/28' },
    { address: '2001:db8:1::7', cidr: '2001:db8:1::7/50' },
  ]);
  const zone = (text: string): string[] => {
    const bytes = ipaddr.parse(text).toByteArray();
    const words = at1(bytes);
    return [zones.zoneAt(words, 1, versionOf(bytes)), String(zones.isOwnAt(words, 1, versionOf(bytes)))];
  };
  assert.deepEqual(zone('203.0.113.9'), ['host', 'true']);
  assert.deepEqual(zone('::ffff:203.0.113.9'), ['host', 'true']);
  assert.deepEqual(zone('::ffff:203.0.113.10'), ['lan', 'false']);
  assert.deepEqual(zone('203.0.113.16'), ['internet', 'false']);
  assert.deepEqual(zone('2001:db8:1::7'), ['host', 'true']);
  assert.deepEqual(zone('2001:db8:1:3fff::1'), ['lan', 'false']);
  assert.deepEqual(zone('2001:db8:1:4000::1'), ['internet', 'false']);
});

test('a map of addresses keeps what it is told, up to its bound', () => {
  const random = seededRandom(4);
  const map = new AddressMap<number>(500);
  const model = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    const bytes = below(random, 2) === 0 ? [10, 0, below(random, 4), below(random, 256)] : randomAddress(random);
    const words = at1(bytes);
    const key = `${bytes}`;
    assert.equal(map.get(words, 1, versionOf(bytes)), model.get(key), key);
    if (!model.has(key) && model.size < map.capacity) {
      map.add(words, 1, versionOf(bytes), i);
      model.set(key, i);
    }
    if (i % 2000 === 0) {
      map.filter((value) => value % 3 !== 0);
      for (const [address, value] of model) if (value % 3 === 0) model.delete(address);
    }
    assert.equal(map.size, model.size);
  }
});

test('hosts without room are "other", and get a row when there is room again', () => {
  const table = new HostTable(4);
  const row = (last: number) => table.rowAt(at1([10, 0, 0, last]), 1, 4);
  const moved = { txBytes: 1, rxBytes: 1, txPackets: 1, rxPackets: 1, flowsStarted: 1, firstUs: 1 };
  for (let host = 1; host <= 6; host++) addTraffic(row(host), moved);
  assert.deepEqual(
    table.sorted().map(({ name, txBytes }) => [name, txBytes]),
    [
      ['other', 2],
      ['10.0.0.1', 1],
      ['10.0.0.2', 1],
      ['10.0.0.3', 1],
      ['10.0.0.4', 1],
    ],
  );
  table.reset();
  table.prune();
  assert.equal(row(2).name, '10.0.0.2');
  assert.equal(row(6).name, 'other', 'as many as were merged, and one more, have to go first');
  table.prune();
  assert.equal(row(6).name, '10.0.0.6');
  assert.equal(row(6), table.row('10.0.0.6'));
});
