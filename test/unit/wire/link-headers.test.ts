import assert from 'node:assert/strict';
import test from 'node:test';
import * as arp from '@kaipo/core/wire/arp.js';
import * as loopback from '@kaipo/core/wire/bsd-loopback.js';
import * as wrap from '@kaipo/core/wire/capture-headers.js';
import { BAD, FITS, SHORT } from '@kaipo/core/wire/check.js';
import * as ethernet from '@kaipo/core/wire/ethernet.js';
import * as relay from '@kaipo/core/wire/frame-relay.js';
import * as wlan from '@kaipo/core/wire/ieee80211.js';
import * as juniper from '@kaipo/core/wire/juniper.js';
import * as lan from '@kaipo/core/wire/lan-headers.js';
import * as tags from '@kaipo/core/wire/link-tags.js';
import { linkTypeName } from '@kaipo/core/wire/link-types.js';
import * as cooked from '@kaipo/core/wire/linux-cooked.js';
import * as llc from '@kaipo/core/wire/llc.js';
import * as mpls from '@kaipo/core/wire/mpls.js';
import * as nflog from '@kaipo/core/wire/nflog.js';
import * as ppp from '@kaipo/core/wire/ppp.js';
import { hex, join } from '../decode/packet-bytes.js';

test('Ethernet: type, source, ISL destinations', () => {
  const frame = hex('01 00 0c 00 00 2a 020000000002 0800');
  assert.equal(ethernet.checkEthernet(0, 14), FITS);
  assert.equal(ethernet.checkEthernet(0, 13), SHORT);
  assert.equal(ethernet.ethernetType(frame, 0), 0x0800);
  assert.equal(ethernet.ethernetSourceAt(0), 6);
  assert.equal(ethernet.isIsl(frame, 0), true);
  assert.equal(ethernet.isIsl(hex('01005e000001 020000000002 0800'), 0), false);
});

test('tags: 802.1Q tag control information and what follows', () => {
  const tag = hex('2064 86dd'); // priority 1, VLAN 100
  assert.equal(tags.tagLength(0x8100), 4);
  assert.equal(tags.tagNextType(tag, 0, 4), 0x86dd);
  assert.equal(tags.vlanId(tag, 0), 100);
  assert.equal(tags.tagLength(0x0800), 0);
});

test('LLC and SNAP: RFC 1042', () => {
  const snap = hex('aaaa03 000000 0800');
  assert.equal(llc.checkLlc(0, 3), FITS);
  assert.equal(llc.checkLlc(0, 2), SHORT);
  assert.equal(llc.isSnap(snap, 0), true);
  assert.equal(llc.snapOui(snap, 0), 0);
  assert.equal(llc.snapPid(snap, 0), 0x0800);
  assert.equal(llc.isLlcIp(hex('060603'), 0), true);
  assert.equal(llc.isLlcIso(hex('fefe03'), 0), true);
  assert.equal(llc.isSnap(hex('424203'), 0), false);
});

test('ARP: the request of RFC 826 over Ethernet', () => {
  const request = hex('0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002');
  assert.equal(arp.checkArp(request, 0, 28), FITS);
  assert.equal(arp.checkArp(request, 0, 27), SHORT);
  assert.equal(arp.checkArp(request, 0, 7), SHORT);
  assert.equal(arp.arpLength(request, 0), 28);
  assert.equal(arp.arpOperation(request, 0), 1);
  assert.equal(arp.arpProtocolType(request, 0), 0x0800);
});

test('MPLS: RFC 3032 label stack entries, bounded', () => {
  const stack = hex('000640ff 000651ff 45');
  assert.equal(mpls.mplsLabel(stack, 0), 100);
  assert.equal(mpls.isBottomOfStack(stack, 0), false);
  assert.equal(mpls.mplsPayloadAt(stack, 0, stack.length, 32), 8);
  assert.equal(mpls.mplsPayloadAt(stack, 0, stack.length, 1), -1);
  assert.equal(mpls.mplsPayloadAt(stack, 0, 7, 32), -1);
});

test('MPLS: a pseudo-wire has its control word unless only the frame without it makes sense', () => {
  const frame = hex('001122334455 00aabbccddee 0800 4500');
  assert.equal(mpls.pseudoWireFrameAt(join('00000000', frame), 0, 20), 4);
  assert.equal(mpls.pseudoWireFrameAt(join(frame, '0000 0000'), 0, 20), 0);
  assert.equal(mpls.pseudoWireFrameAt(hex('d0112233 4455'), 0, 6), 0);
});

test('PPP: address, control and protocol may be compressed (RFC 1661)', () => {
  const full = hex('ff03 0021');
  assert.equal(ppp.pppAddressLength(full, 0, 4), 2);
  assert.equal(ppp.pppAddressLength(full, 0, 1), 0);
  assert.equal(ppp.pppProtocolLength(full, 2), 2);
  assert.equal(ppp.pppProtocol(full, 2), 0x0021);
  assert.equal(ppp.pppProtocolLength(hex('21 45'), 0), 1);
  assert.equal(ppp.pppProtocol(hex('21 45'), 0), 0x0021);
});

test('PPPoE: the session header of RFC 2516', () => {
  const session = hex('11 00 1234 0006 0021');
  assert.equal(ppp.checkPppoe(session, 0, 8), FITS);
  assert.equal(ppp.checkPppoe(session, 0, 5), SHORT);
  assert.equal(ppp.checkPppoe(hex('21 00 1234 0006'), 0, 6), BAD);
  assert.equal(ppp.pppoeCode(session, 0), 0);
  assert.equal(ppp.pppoeLength(session, 0), 6);
});

test('loopback: families of every system in both byte orders', () => {
  assert.equal(loopback.loopbackFamily(hex('02000000'), 0), 2);
  assert.equal(loopback.loopbackFamily(hex('00000002'), 0), 2);
  assert.equal(loopback.loopbackFits(hex('1e000000'), 0), true);
  assert.equal(loopback.loopbackFits(hex('45000054'), 0), false);
  assert.equal(loopback.familyIsIpv4(2), true);
  for (const family of [10, 23, 24, 26, 28, 30]) assert.equal(loopback.familyIsIpv6(family), true);
  assert.equal(loopback.pflogLength(hex('3d'), 0), 64);
});

test('Linux cooked captures', () => {
  const v1 = hex('0004 0001 0006 0200000000010000 0800');
  assert.equal(cooked.checkSll(0, 16), FITS);
  assert.equal(cooked.checkSll(0, 15), SHORT);
  assert.equal(cooked.sllHardware(v1, 0), 1);
  assert.equal(cooked.sllProtocol(v1, 0), 0x0800);
  const v2 = hex('86dd 0000 00000002 0323 00 06 0200000000010000');
  assert.equal(cooked.checkSll2(0, 20), FITS);
  assert.equal(cooked.checkSll2(0, 19), SHORT);
  assert.equal(cooked.sll2Hardware(v2, 0), cooked.ARPHRD_WLAN_RADIOTAP);
  assert.equal(cooked.sll2Protocol(v2, 0), 0x86dd);
});

test('802.11: where the LLC header of a data frame is', () => {
  const addresses = '0000 020000000001 020000000002 020000000003 1000';
  const data = hex(`0801 ${addresses}`);
  assert.equal(wlan.wlanCarriesLlc(data, 0), true);
  assert.equal(wlan.wlanLlcAt(data, 0, 24, false), 24);
  const qos = hex(`8801 ${addresses} 0000`);
  assert.equal(wlan.wlanLlcAt(qos, 0, 26, false), 26);
  assert.equal(wlan.wlanLlcAt(qos, 0, 26, true), 28);
  const aggregate = hex(`8881 ${addresses} 8000`); // with HT control
  assert.equal(wlan.wlanLlcAt(aggregate, 0, 26, false), 26 + 4 + 14);
  assert.equal(wlan.wlanCarriesLlc(hex(`0841 ${addresses}`), 0), false);
  assert.equal(wlan.wlanCarriesLlc(hex(`4801 ${addresses}`), 0), false);
  assert.equal(wlan.wlanIsData(hex('80'), 0), false);
});

test('radiotap: the flags field behind a timestamp and behind a chain of presence words', () => {
  assert.equal(wlan.radiotapLength(hex('00 00 0900 02000000 20'), 0), 9);
  assert.equal(wlan.radiotapIsPadded(hex('00 00 0900 02000000 20'), 0, 9), true);
  assert.equal(wlan.radiotapIsPadded(hex('00 00 0900 02000000 10'), 0, 9), false);
  assert.equal(wlan.radiotapIsPadded(hex('00 00 1100 03000000 0000000000000000 20'), 0, 17), true);
  assert.equal(wlan.radiotapIsPadded(hex('00 00 1900 03000080 00000000 00000000 0000000000000000 20'), 0, 25), true);
  assert.equal(wlan.radiotapIsPadded(hex('00 00 0800 04000000'), 0, 8), false);
});

test('Prism and AVS headers', () => {
  assert.equal(wlan.prismLength(hex('44000000 90000000'), 0), 144);
  assert.equal(wlan.prismLength(hex('00000044 00000090'), 0), 144);
  assert.equal(wlan.isAvs(hex('80211001 00000040'), 0), true);
  assert.equal(wlan.avsLength(hex('80211001 00000040'), 0), 64);
});

test('Frame Relay addresses of two to four bytes, bundles, Cisco HDLC', () => {
  assert.equal(relay.frameRelayAddressLength(hex('1841 03 cc'), 0, 4), 2);
  assert.equal(relay.frameRelayAddressLength(hex('18404003'), 0, 4), 4);
  assert.equal(relay.frameRelayAddressLength(hex('18404002'), 0, 4), 0);
  assert.equal(relay.frameRelayAddressLength(hex('1841'), 0, 1), 0);
  assert.equal(relay.frameRelayIsIetf(hex('03'), 0), true);
  assert.equal(relay.frameRelayNlpidAt(hex('03 00 80'), 0, 3), 2);
  assert.equal(relay.mfrIsWhole(hex('c0'), 0), true);
  assert.equal(relay.mfrIsWhole(hex('e0'), 0), false);
  assert.equal(relay.isChdlc(hex('8f00 2000'), 0), true);
  assert.equal(relay.chdlcType(hex('8f00 2000'), 0), 0x2000);
});

test('netfilter log: the packet among the attributes, in both byte orders', () => {
  const little = hex('0800 0a00 00000000 0500 0900 45');
  assert.equal(nflog.nflogPayloadAt(little, 0, little.length), 12);
  const big = hex('0008 000a 00000000 0005 0009 45');
  assert.equal(nflog.nflogPayloadAt(big, 0, big.length), 12);
  assert.equal(nflog.nflogPayloadAt(hex('0800 0a00 00000000'), 0, 8), nflog.NFLOG_NO_PAYLOAD);
  assert.equal(nflog.nflogPayloadAt(hex('0300 0a00 00000000'), 0, 8), nflog.NFLOG_BAD);
  assert.equal(nflog.nflogPayloadAt(hex('ff00 0a00 00000000'), 0, 8), nflog.NFLOG_BAD);
});

test('headers that name another link type', () => {
  const ppi = hex('00 00 0800 69000000');
  assert.equal(wrap.ppiLength(ppi, 0), 8);
  assert.equal(wrap.ppiLinkType(ppi, 0), 105);
  const pktap = hex('6c000000 01000000 0c000000');
  assert.equal(wrap.pktapLength(pktap, 0), 108);
  assert.equal(wrap.pktapHasPacket(pktap, 0), true);
  assert.equal(wrap.pktapLinkType(pktap, 0), 12);
  const erf = hex('0000000000000000 82 00 0040 0000 0040 8000000000000000 0000000000000000');
  assert.equal(wrap.erfType(erf, 0), wrap.ERF_ETHERNET);
  assert.equal(wrap.erfPayloadAt(erf, 0, erf.length), 32);
  assert.equal(wrap.erfPayloadAt(erf, 0, 24), -1);
  assert.equal(wrap.ieee1394Type(join('00'.repeat(16), '86dd'), 0), 0x86dd);
});

test('Juniper header, with and without extensions', () => {
  assert.equal(juniper.isJuniper(hex('4d4743 00'), 0), true);
  assert.equal(juniper.juniperLength(hex('4d4743 00'), 0, 4), 4);
  assert.equal(juniper.juniperLength(hex('4d4743 80 0010'), 0, 6), 22);
  assert.equal(juniper.juniperLength(hex('4d4743 80 0010'), 0, 5), -1);
  assert.equal(juniper.juniperHasNoLink(hex('4d4743 02'), 0), true);
  assert.equal(juniper.juniperProtocol(hex('02000000'), 0), juniper.JUNIPER_IPV4);
});

test('rings: which frames hold LLC, and the route of token ring', () => {
  assert.equal(lan.fddiIsLlc(hex('50'), 0), true);
  assert.equal(lan.fddiIsLlc(hex('41'), 0), false);
  const ring = hex('10 40 020000000001 820000000002 0620');
  assert.equal(lan.tokenRingIsLlc(ring, 0), true);
  assert.equal(lan.tokenRingIsRouted(ring, 0), true);
  assert.equal(lan.routeLength(ring, 14), 6);
});

test('link types have the names capture tools print', () => {
  assert.equal(linkTypeName(1), 'EN10MB');
  assert.equal(linkTypeName(101), 'RAW');
  assert.equal(linkTypeName(276), 'LINUX_SLL2');
  assert.equal(linkTypeName(149), 'USER2');
  assert.equal(linkTypeName(61234), 'LINKTYPE_61234');
});
