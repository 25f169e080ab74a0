import assert from 'node:assert/strict';
import test from 'node:test';
import { VERDICT_DECODED, VERDICT_MALFORMED } from '@kaipo/core/frame/frame-batch.js';
import { decodeOne } from './decode-one.js';
import { ether, hex, ipv4, ipv6, join, tcp, text, udp } from './packet-bytes.js';

const IPV4 = 0x0800;
const IPV6 = 0x86dd;

test('TCP over IPv4 over Ethernet fills every column; padding is outside the payload', () => {
  const frame = join(ether(IPV4, ipv4(6, tcp(51000, 80, text('GET'), 0x18))), '00 00 00');
  const row = decodeOne(frame);
  assert.equal(row.verdict, VERDICT_DECODED);
  assert.deepEqual(row.marks, ['ports', 'payload']);
  assert.equal(row.etherType, IPV4);
  assert.equal(row.flow, '10.0.0.1:51000 > 10.0.0.2:80');
  assert.equal(row.proto, 6);
  assert.equal(row.tcpFlags, 0x18);
  assert.equal(row.l4Start, 34);
  assert.deepEqual(row.payload, text('GET'));
});

test('options of IPv4 and TCP are stepped over', () => {
  const segment = join(tcp(1, 2, hex('0204 05b4'), 2, 6), text('x'));
  const row = decodeOne(ether(IPV4, ipv4(6, segment, { options: hex('94040000') })));
  assert.equal(row.l4Start, 38);
  assert.equal(row.tcpFlags, 2);
  assert.deepEqual(row.payload, text('x'));
});

test('total length 0 (segmentation offload) means the captured length', () => {
  const row = decodeOne(ether(IPV4, ipv4(17, udp(5, 6, text('hello'), 0), { total: 0 })));
  assert.equal(row.verdict, VERDICT_DECODED);
  assert.deepEqual(row.payload, text('hello'));
});

test('an IPv4 length past the frame is malformed, yet the flow is kept; cut by the snaplen it is not', () => {
  const packet = ether(IPV4, ipv4(17, udp(5, 6, text('hello'), 500), { total: 520 }));
  const whole = decodeOne(packet);
  assert.equal(whole.verdict, VERDICT_MALFORMED);
  assert.equal(whole.flow, '10.0.0.1:5 > 10.0.0.2:6');
  const cut = decodeOne(packet, 1, 534);
  assert.equal(cut.verdict, VERDICT_DECODED);
  assert.deepEqual(cut.marks, ['truncated', 'ports', 'payload']);
  assert.deepEqual(cut.payload, text('hello'));
});

test('bad header lengths take the addresses away, a bad transport header leaves the ports', () => {
  const badIhl = ipv4(6, tcp(1, 2, text('')));
  badIhl[0] = 0x44;
  assert.equal(decodeOne(ether(IPV4, badIhl)).version, 0);
  assert.equal(decodeOne(ether(IPV4, ipv4(17, udp(1, 2, text('')), { total: 19 }))).version, 0);
  const badOffset = decodeOne(ether(IPV4, ipv4(6, tcp(1, 2, text('abc'), 2, 4))));
  assert.equal(badOffset.verdict, VERDICT_MALFORMED);
  assert.equal(badOffset.flow, '10.0.0.1:1 > 10.0.0.2:2');
  assert.equal(badOffset.payload.length, 0);
  const badUdp = decodeOne(ether(IPV4, ipv4(17, udp(7, 8, text('abc'), 4))));
  assert.equal(badUdp.verdict, VERDICT_MALFORMED);
  assert.equal(badUdp.flow, '10.0.0.1:7 > 10.0.0.2:8');
});

test('a TCP header cut after its ports still has them, cut between them it has none', () => {
  const packet = ether(IPV4, ipv4(6, tcp(443, 9999, text('abc'))));
  assert.equal(decodeOne(packet.slice(0, 38), 1, packet.length).flow, '10.0.0.1:443 > 10.0.0.2:9999');
  const none = decodeOne(packet.slice(0, 37), 1, packet.length);
  assert.equal(none.flow, '10.0.0.1 > 10.0.0.2');
  assert.equal(none.verdict, VERDICT_DECODED);
  assert.equal(decodeOne(packet.slice(0, 48), 1, packet.length).tcpFlags, 0x18);
});

test('fragments of IPv4: the first has ports, a later one none, both their identification', () => {
  const first = decodeOne(ether(IPV4, ipv4(17, udp(5, 6, text('abcd'), 4000), { fragment: 0x2000, id: 77 })));
  assert.equal(first.verdict, VERDICT_DECODED);
  assert.deepEqual(first.marks, ['ports', 'first-fragment', 'payload']);
  assert.equal(first.fragmentId, 77);
  const later = decodeOne(ether(IPV4, ipv4(17, text('abcdefgh'), { fragment: 0x00b9, id: 77 })));
  assert.deepEqual(later.marks, ['later-fragment']);
  assert.equal(later.flow, '10.0.0.1 > 10.0.0.2');
  assert.equal(later.fragmentId, 77);
  assert.deepEqual(later.payload, text('abcdefgh'));
});

test('IPv6 extension headers lead to the transport; "no next header" keeps mobility as the protocol', () => {
  const body = udp(1000, 53, text('q'));
  const chain = join('2b 00 05 02 00 00 01 00', '3c 00 00 00 00 00 00 00', '11 00 01 04 00 00 00 00', body);
  const row = decodeOne(ether(IPV6, ipv6(0, chain)));
  assert.equal(row.flow, 'fd00::1:1000 > fd00::2:53');
  assert.equal(row.proto, 17);
  assert.deepEqual(row.payload, text('q'));
  const mobility = decodeOne(ether(IPV6, ipv6(135, hex('3b 00 01 00 00 00 00 00'))));
  assert.equal(mobility.proto, 135);
  assert.equal(mobility.verdict, VERDICT_DECODED);
});

test('fragments of IPv6 have 32-bit identifications; an atomic fragment is a whole packet', () => {
  const first = decodeOne(ether(IPV6, ipv6(44, join('11 00 00 01 fedcba98', udp(1, 2, text('a'), 900)))));
  assert.deepEqual(first.marks, ['ports', 'first-fragment', 'payload']);
  assert.equal(first.fragmentId, 0xfedcba98);
  const later = decodeOne(ether(IPV6, ipv6(44, join('11 00 05 78 fedcba98', text('abc')))));
  assert.deepEqual(later.marks, ['later-fragment']);
  const atomic = decodeOne(ether(IPV6, ipv6(44, join('11 00 00 00 00000001', udp(1, 2, text('a'))))));
  assert.deepEqual(atomic.marks, ['ports', 'payload']);
  assert.equal(atomic.fragmentId, 0);
});

test('AH is stepped over in both versions, ESP is a flow without ports', () => {
  const ah = join('11 04 0000 00000001 00000002 000000000000000000000000', udp(1, 2, text('z')));
  assert.equal(decodeOne(ether(IPV4, ipv4(51, ah))).flow, '10.0.0.1:1 > 10.0.0.2:2');
  assert.equal(decodeOne(ether(IPV6, ipv6(51, ah))).flow, 'fd00::1:1 > fd00::2:2');
  const esp = decodeOne(ether(IPV4, ipv4(50, hex('00000001 00000001 aabbccdd'))));
  assert.equal(esp.flow, '10.0.0.1 > 10.0.0.2');
  assert.equal(esp.proto, 50);
});

test('SCTP, DCCP and UDP-Lite have ports, ICMP has none and keeps what it quotes as payload', () => {
  assert.equal(
    decodeOne(ether(IPV4, ipv4(132, hex('0b59 0b5a 00000000 00000000 00000000')))).flow,
    '10.0.0.1:2905 > 10.0.0.2:2906',
  );
  assert.equal(
    decodeOne(ether(IPV4, ipv4(33, hex('0001 0002 04 00 0000 00 000000 00000000')))).flow,
    '10.0.0.1:1 > 10.0.0.2:2',
  );
  assert.equal(decodeOne(ether(IPV4, ipv4(136, hex('0003 0004 0008 0000 aa')))).flow, '10.0.0.1:3 > 10.0.0.2:4');
  const quoted = ipv4(17, udp(9, 10, text('')), { src: '192.0.2.1', dst: '192.0.2.2' });
  const icmp = decodeOne(ether(IPV4, ipv4(1, join('03 03 0000 00000000', quoted))));
  assert.equal(icmp.flow, '10.0.0.1 > 10.0.0.2');
  assert.equal(icmp.proto, 1);
  assert.deepEqual(icmp.payload, quoted);
});

test('an empty frame: cut it is decoded as far as possible, otherwise malformed', () => {
  assert.equal(decodeOne(new Uint8Array(0), 1, 0).verdict, VERDICT_MALFORMED);
  assert.equal(decodeOne(new Uint8Array(0), 1, 60).verdict, VERDICT_DECODED);
});
