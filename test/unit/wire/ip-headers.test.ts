import assert from 'node:assert/strict';
import test from 'node:test';
import { BAD, FITS, SHORT } from '@kaipo/core/wire/check.js';
import * as v4 from '@kaipo/core/wire/ipv4.js';
import * as v6 from '@kaipo/core/wire/ipv6.js';
import { hex } from '../decode/packet-bytes.js';

// RFC 791 section 3.1, with values: header of 24 bytes, "more fragments", offset 185 (1480 bytes).
const IPV4 = hex('46 00 05dc 1c46 20b9 40 06 b1e6 ac100a63 ac100a0c 94040000');

test('IPv4: fields of the RFC 791 figure', () => {
  assert.equal(v4.checkIpv4(IPV4, 0, IPV4.length), FITS);
  assert.equal(v4.ipv4HeaderLength(IPV4, 0), 24);
  assert.equal(v4.ipv4TotalLength(IPV4, 0), 1500);
  assert.equal(v4.ipv4Identification(IPV4, 0), 0x1c46);
  assert.equal(v4.ipv4FragmentOffset(IPV4, 0), 185);
  assert.equal(v4.ipv4MoreFragments(IPV4, 0), true);
  assert.equal(v4.ipv4IsWhole(IPV4, 0), false);
  assert.equal(v4.ipv4Protocol(IPV4, 0), 6);
  assert.equal(IPV4[v4.ipv4SourceAt(0)], 172);
  assert.equal(IPV4[v4.ipv4DestinationAt(0) + 3], 12);
});

test('IPv4: the door', () => {
  assert.equal(v4.checkIpv4(IPV4, 0, 19), SHORT);
  assert.equal(v4.checkIpv4(IPV4, 0, 20), FITS); // options may be missing
  const bad = (at: number, value: number): number => {
    const copy = IPV4.slice();
    copy[at] = value;
    return v4.checkIpv4(copy, 0, copy.length);
  };
  assert.equal(bad(0, 0x56), BAD);
  assert.equal(bad(0, 0x44), BAD);
  const shortTotal = IPV4.slice();
  shortTotal.set([0, 23], 2);
  assert.equal(v4.checkIpv4(shortTotal, 0, 24), BAD);
  shortTotal.set([0, 0], 2);
  assert.equal(v4.checkIpv4(shortTotal, 0, 24), FITS);
});

test('IPv4: "do not fragment" alone is a whole packet', () => {
  const whole = IPV4.slice();
  whole.set([0x40, 0x00], 6);
  assert.equal(v4.ipv4IsWhole(whole, 0), true);
});

// RFC 8200 section 3, then a fragment header (4.5).
const IPV6 = hex(
  '60012345 0010 2c 40 20010db8000000000000000000000001 20010db8000000000000000000000002 11 00 0ff9 fedcba98',
);

test('IPv6: fields of the RFC 8200 figures', () => {
  assert.equal(v6.checkIpv6(IPV6, 0, IPV6.length), FITS);
  assert.equal(v6.ipv6PayloadLength(IPV6, 0), 16);
  assert.equal(v6.ipv6NextHeader(IPV6, 0), 44);
  assert.equal(IPV6[v6.ipv6SourceAt(0) + 15], 1);
  assert.equal(IPV6[v6.ipv6DestinationAt(0) + 15], 2);
  assert.equal(v6.extensionNext(IPV6, 40), 17);
  assert.equal(v6.ipv6FragmentOffset(IPV6, 40), 511);
  assert.equal(v6.ipv6MoreFragments(IPV6, 40), true);
  assert.equal(v6.ipv6FragmentId(IPV6, 40), 0xfedcba98);
});

test('IPv6: the door and the lengths of extension headers', () => {
  assert.equal(v6.checkIpv6(IPV6, 0, 39), SHORT);
  assert.equal(v6.checkIpv6(IPV4, 0, IPV4.length), BAD);
  assert.equal(v6.checkIpv6(IPV6, 0, 0), SHORT);
  assert.equal(v6.extensionLength(hex('06 02'), 0, 60), 24);
  assert.equal(v6.extensionLength(hex('06 04'), 0, 51), 24); // AH counts words of four, minus two
});
