import assert from 'node:assert/strict';
import test from 'node:test';
import { VERDICT_DECODED, VERDICT_MALFORMED, VERDICT_UNSUPPORTED } from '@kaipo/core/frame/frame-batch.js';
import { decodeOne } from './decode-one.js';
import { ether, hex, ipv4, ipv6, join, text, udp } from './packet-bytes.js';

const PACKET = ipv4(17, udp(1111, 53, text('payload')));
const FLOW = '10.0.0.1:1111 > 10.0.0.2:53';
const PACKET6 = ipv6(17, udp(1111, 53, text('payload')));
const FLOW6 = 'fd00::1:1111 > fd00::2:53';

/** Link type, header, and whether an IPv6 packet follows. */
const HEADERS: readonly (readonly [string, number, string, 4 | 6])[] = [
  ['BSD loopback, little endian', 0, '02000000', 4],
  ['BSD loopback, big endian', 0, '00000002', 4],
  ['loopback of FreeBSD with IPv6', 0, '1c000000', 6],
  ['loopback of Darwin with IPv6', 0, '1e000000', 6],
  ['loopback of OpenBSD', 108, '00000018', 6],
  ['raw IP', 101, '', 4],
  ['raw IP with IPv6', 101, '', 6],
  ['raw IP of the BSDs', 12, '', 4],
  ['raw IP of OpenBSD', 14, '', 6],
  ['IPv4 only', 228, '', 4],
  ['IPv6 only', 229, '', 6],
  ['PPP', 9, 'ff03 0021', 4],
  ['PPP without address and control', 9, '0057', 6],
  ['PPP with a compressed protocol field', 9, '21', 4],
  ['PPP in HDLC framing', 50, 'ff03 0057', 6],
  ['Cisco HDLC where PPP is announced', 50, '0f00 0800', 4],
  ['PPP with a direction byte', 204, '01 ff03 0021', 4],
  ['PPP of pppd', 166, '0003 0021', 4],
  ['PPP bridging', 9, 'ff03 0031 00 01 020000000001 020000000002 0800', 4],
  ['PPPoE session without Ethernet', 51, '11 00 0001 0025 0021', 4],
  ['Cisco HDLC', 104, '0f00 0800', 4],
  ['Cisco HDLC with a direction byte', 205, '00 8f00 86dd', 6],
  ['Frame Relay, RFC 2427', 107, '1841 03 cc', 4],
  ['Frame Relay, RFC 2427, IPv6', 107, '1841 03 8e', 6],
  ['Frame Relay, SNAP after padding', 107, '1841 03 00 80 000000 0800', 4],
  ['Frame Relay, Cisco', 107, '1841 0800', 4],
  ['Frame Relay bundle, whole frame', 182, 'c001 1841 03 cc', 4],
  ['Linux cooked', 113, '0000 0001 0006 0200000000010000 0800', 4],
  ['Linux cooked 2', 276, '86dd 0000 00000002 0001 00 06 0200000000010000', 6],
  ['Wi-Fi data', 105, '0801 0000 020000000001 020000000002 020000000003 1000 aaaa03 000000 0800', 4],
  ['Wi-Fi QoS data', 105, '8801 0000 020000000001 020000000002 020000000003 1000 0000 aaaa03 000000 86dd', 6],
  [
    'Wi-Fi between access points',
    105,
    '0803 0000 020000000001 020000000002 020000000003 1000 020000000004 aaaa03 000000 0800',
    4,
  ],
  [
    'radiotap with padding after the 802.11 header',
    127,
    '00 00 0900 02000000 20 8801 0000 020000000001 020000000002 020000000003 1000 0000 0000 aaaa03 000000 0800',
    4,
  ],
  [
    'AVS header',
    163,
    `80211001 00000040 ${'00'.repeat(56)} 0801 0000 020000000001 020000000002 020000000003 1000 aaaa03 000000 0800`,
    4,
  ],
  [
    'Prism header',
    119,
    `44000000 90000000 ${'00'.repeat(136)} 0801 0000 020000000001 020000000002 020000000003 1000 aaaa03 000000 0800`,
    4,
  ],
  [
    'PPI around 802.11',
    192,
    '00 00 0800 69000000 0801 0000 020000000001 020000000002 020000000003 1000 aaaa03 000000 0800',
    4,
  ],
  ['PKTAP around Ethernet', 258, `6c000000 01000000 01000000 ${'00'.repeat(96)} 020000000001 020000000002 0800`, 4],
  ['PKTAP by its private number', 149, `6c000000 01000000 0c000000 ${'00'.repeat(96)}`, 4],
  ['netfilter log', 239, '02 00 0000 0800 0a00 00000000 2d00 0900', 4],
  ['netfilter log, big endian', 239, '0a 00 0000 0008 000a 00000000 0041 0009', 6],
  ['Solaris ipnet', 226, `01 02 ${'00'.repeat(22)}`, 4],
  ['PFLOG', 117, `3d 02 ${'00'.repeat(62)}`, 4],
  ['IPsec ENC', 109, '02000000 00000000 00000000', 4],
  ['FDDI', 10, '50 020000000001 020000000002 aaaa03 000000 0800', 4],
  ['token ring with a route', 6, '10 40 020000000001 820000000002 0620 0011 0022 aaaa03 000000 0800', 4],
  ['ARCNET of Linux', 129, '01 02 0000 d4 00 0001', 4],
  ['ARCNET of BSD, RFC 1051', 7, '01 02 f0', 4],
  ['ATM with LLC', 100, 'aaaa03 000000 0800', 4],
  ['ATM without LLC', 100, '', 4],
  ['ATM with a bridged frame', 100, 'aaaa03 0080c2 0007 0000 020000000001 020000000002 0800', 4],
  ['ATM of SunATM', 123, '02 00 0064 aaaa03 000000 0800', 4],
  ['SLIP', 8, `00 45 ${'00'.repeat(14)}`, 4],
  ['IP over Fibre Channel', 122, `${'00'.repeat(16)} aaaa03 000000 0800`, 4],
  ['IP over FireWire', 138, `${'00'.repeat(16)} 0800`, 4],
  ['IP over InfiniBand', 242, `${'00'.repeat(40)} 0800 0000`, 4],
  ['DOCSIS with an extended header', 143, '01 02 0043 aabb 0000 020000000001 020000000002 0800', 4],
  ['MPLS', 219, '000641ff', 4],
  ['Broadcom tag', 281, '020000000001 020000000002 00000001 0800', 4],
  ['Broadcom tag before the frame', 282, '00000001 020000000001 020000000002 0800', 4],
  ['Marvell tag', 284, '020000000001 020000000002 c00a0000 0800', 4],
  ['Marvell tag with EtherType', 285, '020000000001 020000000002 dada0000 c0000000 0800', 4],
  ['ERF Ethernet', 197, '0000000000000000 02 00 0040 0000 0040 0000 020000000001 020000000002 0800', 4],
  ['Juniper Ethernet', 178, '4d4743 01 020000000001 020000000002 0800', 4],
  ['Juniper without link layer', 179, '4d4743 02 02000000', 4],
  ['Juniper with extensions', 181, '4d4743 80 0004 00000000 0f00 0800', 4],
  ['Juniper services card', 136, '4d4743 00 0000000000000000', 4],
];

for (const [name, linkType, header, version] of HEADERS) {
  test(`link type ${linkType}: ${name}`, () => {
    const row = decodeOne(join(header, version === 4 ? PACKET : PACKET6), linkType);
    assert.equal(row.verdict, VERDICT_DECODED);
    assert.equal(row.flow, version === 4 ? FLOW : FLOW6);
    assert.equal(row.etherType, version === 4 ? 0x0800 : 0x86dd);
    assert.deepEqual(row.payload, text('payload'));
    assert.deepEqual(row.tunnels, []);
  });
}

/** What may stand between the addresses of an Ethernet frame and the packet. */
const TAGS: readonly (readonly [string, string, boolean])[] = [
  ['802.1Q', '8100 0064 0800', true],
  ['802.1ad and 802.1Q', '88a8 0064 8100 00c8 0800', true],
  ['three tags of an old kind', '9100 0001 9100 0002 8100 0003 0800', true],
  ['802.1ah', '88e7 00000001 020000000003 020000000004 0800', false],
  ['802.1BR', '893f 0000 0000 0000 0800', false],
  ['VN-tag', '8926 00000000 0800', false],
  ['Cisco metadata', '8909 01 01 0001 0007 0800', false],
  ['HSR', '892f 0033 0001 0800', false],
  ['TRILL with an option', '22f3 0041 0001 0002 00000000 020000000003 020000000004 0800', false],
  ['802.1CB', 'f1c1 0000 0001 0800', false],
  ['SNAP in 802.3', '002b aaaa03 000000 0800', false],
  ['SNAP in 802.3 in a VLAN', '8100 0001 002b aaaa03 000000 0800', true],
  ['IP in 802.2', '0026 060603', false],
  ['MPLS, two labels', '8847 000640ff 000651ff', false],
  ['PPPoE', '8864 11 00 0001 0025 0021', false],
  ['Ethernet pseudo-wire with control word', '8847 000641ff 00000000 020000000003 020000000004 0800', false],
  ['Ethernet pseudo-wire without', '8847 000641ff 020000000003 020000000004 0800', false],
  ['network service header', '894f 0fc4 0101 00000001 0000000000000000', false],
];

for (const [name, tags, vlan] of TAGS) {
  test(`Ethernet: ${name}`, () => {
    const row = decodeOne(join('020000000001 020000000002', tags, PACKET));
    assert.equal(row.verdict, VERDICT_DECODED);
    assert.equal(row.flow, FLOW);
    assert.equal(row.marks.includes('vlan'), vlan);
  });
}

test('frames without IP are decoded, have no flow and say their EtherType', () => {
  const arp = decodeOne(ether(0x0806, hex('0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002')));
  assert.equal(arp.verdict, VERDICT_DECODED);
  assert.equal(arp.etherType, 0x0806);
  assert.equal(arp.version, 0);
  assert.equal(decodeOne(ether(0x0806, hex('0001 0800 06 04 0001 0200'))).verdict, VERDICT_MALFORMED);
  assert.equal(decodeOne(ether(0x88cc, hex('0207 0400'))).etherType, 0x88cc);
  const spanningTree = decodeOne(join('0180c2000000 020000000002 0004 424203 00', '0000'));
  assert.equal(spanningTree.verdict, VERDICT_DECODED);
  assert.equal(spanningTree.etherType, 0);
  assert.equal(decodeOne(hex('8f00 8035 00000002 00000000 00000000 ffff'), 104).verdict, VERDICT_DECODED);
  assert.equal(decodeOne(hex('ff03 c021 01 01 0004'), 9).verdict, VERDICT_DECODED);
  assert.equal(decodeOne(hex('11 09 0000 0004 0101 0000'), 51).verdict, VERDICT_DECODED);
});

test('an 802.3 length bounds what follows: padding is not payload', () => {
  const row = decodeOne(join('0180c2000000 020000000002 0003 424203', '0000000000'));
  assert.equal(row.payload.length, 3);
});

test('encrypted, empty, later-fragment and control frames of Wi-Fi are decoded and carry no packet', () => {
  const addresses = '0000 020000000001 020000000002 020000000003';
  for (const frame of [`0841 ${addresses} 1000 aabbccdd`, `4801 ${addresses} 1000`, `0801 ${addresses} 0100 aabb`]) {
    const row = decodeOne(hex(frame), 105);
    assert.equal(row.verdict, VERDICT_DECODED);
    assert.equal(row.version, 0);
  }
  assert.equal(decodeOne(hex('d400 0000 020000000001'), 105).verdict, VERDICT_DECODED);
  assert.equal(decodeOne(hex('d700 0000 020000000001'), 105).verdict, VERDICT_MALFORMED);
});

test('link types with nothing inside: sane headers are decoded, others malformed, unknown ones unsupported', () => {
  assert.equal(decodeOne(new Uint8Array(16), 253).verdict, VERDICT_DECODED);
  assert.equal(decodeOne(new Uint8Array(32), 271).verdict, VERDICT_DECODED);
  assert.equal(decodeOne(hex('55ff 00 01 02 0000 00'), 165).verdict, VERDICT_DECODED);
  assert.equal(decodeOne(hex('55fe 00 01 02 0000 00'), 165).verdict, VERDICT_MALFORMED);
  assert.equal(decodeOne(hex('6c 01 00 01 00000000 01000000 00000000'), 231).verdict, VERDICT_DECODED);
  assert.equal(decodeOne(hex('6d 01 00 01 00000000 01000000 00000000'), 231).verdict, VERDICT_MALFORMED);
  for (const linkType of [147, 149, 195, 187, 9999, 65535]) {
    assert.equal(decodeOne(PACKET, linkType).verdict, VERDICT_UNSUPPORTED);
  }
});

test('a link type that wraps another one cannot go on for ever', () => {
  const ppi = hex('00 00 0800 c0000000');
  const row = decodeOne(join(...Array.from({ length: 200 }, () => ppi)), 192);
  assert.equal(row.verdict, VERDICT_MALFORMED);
});
