import assert from 'node:assert/strict';
import test from 'node:test';
import { VERDICT_DECODED, VERDICT_MALFORMED } from '@kaipo/core/frame/frame-batch.js';
import { decodeOne } from './decode-one.js';
import { ether, hex, ipv4, ipv6, join, tcp, text, udp } from './packet-bytes.js';

const INNER = ipv4(6, tcp(40000, 443, text('hi')), { src: '192.168.7.1', dst: '192.168.7.2' });
const INNER_FLOW = '192.168.7.1:40000 > 192.168.7.2:443';
const INNER6 = ipv6(17, udp(5353, 5353, text('hi')));
const INNER6_FLOW = 'fd00::1:5353 > fd00::2:5353';
/** The same from an address of Teredo, 2001::/32: one of the two always has one. */
const TEREDO6 = INNER6.slice();
TEREDO6.set([0x20, 0x01, 0, 0], 8);
const TEREDO6_FLOW = '2001::1:5353 > fd00::2:5353';
const FRAME = ether(0x0800, INNER);

interface Case {
  readonly name: string;
  readonly packet: Uint8Array;
  readonly tunnels: string[];
  readonly flow?: string;
}

const viaUdp = (port: number, header: string, inner: Uint8Array): Uint8Array =>
  ipv4(17, udp(50000, port, join(header, inner)));

const CASES: readonly Case[] = [
  { name: 'IP in IP', packet: ipv4(4, INNER), tunnels: ['ipip'] },
  { name: 'IPv6 in IPv4', packet: ipv4(41, INNER6), tunnels: ['6in4'], flow: INNER6_FLOW },
  { name: 'GRE', packet: ipv4(47, join('0000 0800', INNER)), tunnels: ['gre'] },
  {
    name: 'GRE with checksum, key and sequence',
    packet: ipv4(47, join('b000 86dd 00000000 00000001 00000002', INNER6)),
    tunnels: ['gre'],
    flow: INNER6_FLOW,
  },
  { name: 'GRE with a frame (NVGRE)', packet: ipv4(47, join('2000 6558 00000100', FRAME)), tunnels: ['gre'] },
  { name: 'GRE with MPLS', packet: ipv4(47, join('0000 8847 000641ff', INNER)), tunnels: ['gre'] },
  { name: 'GRE with WCCP 1', packet: ipv4(47, join('0000 883e', INNER)), tunnels: ['gre'] },
  { name: 'GRE with WCCP 2', packet: ipv4(47, join('0000 883e 00000000', INNER)), tunnels: ['gre'] },
  { name: 'GRE with Frame Relay', packet: ipv4(47, join('0000 6559 1841 03 cc', INNER)), tunnels: ['gre'] },
  { name: 'GRE with an HDLC stream', packet: ipv4(47, join('0000 8881 ff03 0021', INNER)), tunnels: ['gre'] },
  {
    name: 'GRE with Wi-Fi',
    packet: ipv4(47, join('0000 8200 0801 0000 020000000001 020000000002 020000000003 1000 aaaa03 000000 0800', INNER)),
    tunnels: ['gre'],
  },
  { name: 'ERSPAN I', packet: ipv4(47, join('0000 88be', FRAME)), tunnels: ['gre', 'erspan'] },
  {
    name: 'ERSPAN II',
    packet: ipv4(47, join('1000 88be 00000001 1001000100000000', FRAME)),
    tunnels: ['gre', 'erspan'],
  },
  {
    name: 'ERSPAN III with sub-header',
    packet: ipv4(47, join('1000 22eb 00000001 200100010000000000000001 0000000000000000', FRAME)),
    tunnels: ['gre', 'erspan'],
  },
  { name: 'PPTP', packet: ipv4(47, join('3081 880b 001c 0001 00000001 00000002 ff03 0021', INNER)), tunnels: ['pptp'] },
  { name: 'EtherIP', packet: ipv4(97, join('3000', FRAME)), tunnels: ['other'] },
  { name: 'MPLS in IP', packet: ipv4(137, join('000641ff', INNER)), tunnels: ['other'] },
  { name: 'PIM register', packet: ipv4(103, join('2100 0000 00000000', INNER)), tunnels: ['other'] },
  {
    name: 'AH in tunnel mode',
    packet: ipv4(51, join('04 04 0000 00000001 00000002 000000000000000000000000', INNER)),
    tunnels: ['ah', 'ipip'],
  },
  { name: 'VXLAN', packet: viaUdp(4789, '08000000 00000100', FRAME), tunnels: ['vxlan'] },
  { name: 'VXLAN on the port of Linux', packet: viaUdp(8472, '08000000 00000100', FRAME), tunnels: ['vxlan'] },
  { name: 'VXLAN-GPE with IP', packet: viaUdp(4790, '0c000001 00000100', INNER), tunnels: ['vxlan'] },
  { name: 'Geneve with options', packet: viaUdp(6081, '01006558 00000100 00000000', FRAME), tunnels: ['geneve'] },
  { name: 'Geneve with IP', packet: viaUdp(6081, '00000800 00000100', INNER), tunnels: ['geneve'] },
  { name: 'GTP-U', packet: viaUdp(2152, '30 ff 0036 00000001', INNER), tunnels: ['gtp'] },
  {
    name: 'GTP-U with an extension header',
    packet: viaUdp(2152, '34 ff 0036 00000001 0000 00 85 01 000000', INNER),
    tunnels: ['gtp'],
  },
  { name: 'Teredo', packet: viaUdp(3544, '', TEREDO6), tunnels: ['teredo'], flow: TEREDO6_FLOW },
  {
    name: 'Teredo with authentication and origin',
    packet: viaUdp(3544, '0001 00 00 0000000000000000 00 0000 1234 0a000001', TEREDO6),
    tunnels: ['teredo'],
    flow: TEREDO6_FLOW,
  },
  { name: 'L2TP', packet: viaUdp(1701, '0002 0001 0002 ff03 0021', INNER), tunnels: ['l2tp'] },
  {
    name: 'L2TP with length, sequence and offset',
    packet: viaUdp(1701, '4a02 0000 0001 0002 0001 0002 0002 0000 0021', INNER),
    tunnels: ['l2tp'],
  },
  {
    name: 'AYIYA',
    packet: viaUdp(
      5072,
      '44 52 11 29 00000000 00000000000000000000000000000000 0000000000000000000000000000000000000000',
      INNER6,
    ),
    tunnels: ['ayiya'],
    flow: INNER6_FLOW,
  },
  { name: 'LISP', packet: viaUdp(4341, '00000000 00000001', INNER), tunnels: ['other'] },
  { name: 'CAPWAP with a frame', packet: viaUdp(5247, '00 10 0200 0000 0000', FRAME), tunnels: ['capwap'] },
  {
    name: 'CAPWAP with Wi-Fi',
    packet: viaUdp(
      5247,
      '00 10 4300 0000 0000 0801 0000 020000000001 020000000002 020000000003 1000 aaaa03 000000 0800',
      INNER,
    ),
    tunnels: ['capwap'],
  },
  { name: 'TZSP', packet: viaUdp(37008, '01 00 0001 0a 01 ff 00 01', FRAME), tunnels: ['other'] },
  { name: 'GRE in UDP', packet: viaUdp(4754, '0000 0800', INNER), tunnels: ['other', 'gre'] },
  { name: 'MPLS in UDP', packet: viaUdp(6635, '000641ff', INNER), tunnels: ['other'] },
  {
    name: 'VXLAN in GRE in IP',
    packet: ipv4(4, ipv4(47, join('0000 0800', viaUdp(4789, '08000000 00000100', FRAME)))),
    tunnels: ['ipip', 'gre', 'vxlan'],
  },
];

for (const { name, packet, tunnels, flow } of CASES) {
  test(`tunnel: ${name}`, () => {
    const row = decodeOne(ether(0x0800, packet));
    assert.equal(row.verdict, VERDICT_DECODED);
    assert.equal(row.flow, flow ?? INNER_FLOW);
    assert.deepEqual(row.tunnels, tunnels);
    assert.ok(row.marks.includes('tunnel'));
    assert.deepEqual(row.payload, text('hi'));
  });
}

test('what does not look like a tunnel stays in the outer flow and is not malformed', () => {
  const junk = hex('ffffffff ffffffff ffffffff ffffffff ffffffff');
  for (const port of [4789, 4790, 6081, 2152, 3544, 1701, 5072, 4341, 5247, 37008, 4754, 6635]) {
    for (const payload of [junk, new Uint8Array(20), text('4500 nothing here, just text 4500'), text('E')]) {
      const row = decodeOne(ether(0x0800, ipv4(17, udp(40000, port, payload))));
      assert.equal(row.verdict, VERDICT_DECODED, `${port}`);
      assert.equal(row.flow, `10.0.0.1:40000 > 10.0.0.2:${port}`);
      assert.deepEqual(row.tunnels, []);
      assert.deepEqual(row.payload, payload);
    }
  }
});

test('an inner packet that claims more than the tunnel carries is not believed', () => {
  const tooLong = ipv4(6, tcp(1, 2, text('x')), { total: 900 });
  const row = decodeOne(ether(0x0800, viaUdp(2152, '30 ff 0036 00000001', tooLong)));
  assert.equal(row.flow, '10.0.0.1:50000 > 10.0.0.2:2152');
});

test('a tunnel that carries no IP leaves the packet to the outer header', () => {
  const arp = hex('0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002');
  const row = decodeOne(ether(0x0800, viaUdp(4789, '08000000 00000100', ether(0x0806, arp))));
  assert.equal(row.flow, '10.0.0.1:50000 > 10.0.0.2:4789');
  assert.deepEqual(row.tunnels, []);
  assert.equal(row.etherType, 0x0800);
  const greBadInner = decodeOne(ether(0x0800, ipv4(47, hex('0000 0800 ffffffff'))));
  assert.equal(greBadInner.flow, '10.0.0.1 > 10.0.0.2');
  assert.equal(greBadInner.verdict, VERDICT_MALFORMED);
});

test('more than eight tunnels are decoded, eight are named; more than the layer bound is malformed', () => {
  let packet = INNER;
  for (let i = 0; i < 10; i++) packet = ipv4(4, packet);
  const row = decodeOne(ether(0x0800, packet));
  assert.equal(row.flow, INNER_FLOW);
  assert.deepEqual(
    row.tunnels,
    Array.from({ length: 8 }, () => 'ipip'),
  );
  for (let i = 0; i < 40; i++) packet = ipv4(4, packet);
  assert.equal(decodeOne(ether(0x0800, packet)).verdict, VERDICT_MALFORMED);
});

test('a second row does not see the first', async () => {
  const { decodeBatch } = await import('@kaipo/core/decode/decode-batch.js');
  const { FrameBatch } = await import('@kaipo/core/frame/frame-batch.js');
  const first = ether(0x0800, CASES[0]!.packet);
  const second = ether(0x88cc, hex('0000'));
  const batch = new FrameBatch(join(first, second), 2);
  batch.length = 2;
  batch.capLen.set([first.length, second.length]);
  batch.wireLen.set([first.length, second.length]);
  batch.frameStart.set([0, first.length]);
  batch.linkType.fill(1);
  batch.fragmentId.fill(9);
  decodeBatch(batch);
  for (const column of [
    'ipVersion',
    'ipProto',
    'tunnels',
    'srcPort',
    'dstPort',
    'tcpFlags',
    'fragmentId',
    'marks',
  ] as const) {
    assert.equal(batch[column][1], 0, column);
  }
  assert.equal(batch.etherType[1], 0x88cc);
});
