// From a link header to the network layer: Ethernet, 802.3 with LLC and SNAP, tags, MPLS, PPPoE, ARP.
/** @hot */
import { MARK_VLAN } from '../frame/frame-batch.js';
import { MAX_LAYERS } from '../kernel/limits.js';
import { arpProtocolType, checkArp } from '../wire/arp.js';
import { FITS, SHORT } from '../wire/check.js';
import {
  checkEthernet,
  ETHERNET_ADDRESSES_LEN,
  ETHERNET_HEADER_LEN,
  ethernetType,
  ISL_HEADER_LEN,
  isIsl,
} from '../wire/ethernet.js';
import {
  MAX_8023_LENGTH,
  TYPE_ARP,
  TYPE_ETHERNET,
  TYPE_IPV4,
  TYPE_IPV6,
  TYPE_ITAG,
  TYPE_MPLS,
  TYPE_MPLS_UPSTREAM,
  TYPE_NSH,
  TYPE_PPP,
  TYPE_PPPOE_SESSION,
  TYPE_RARP,
  TYPE_TRILL,
  TYPE_WCCP,
} from '../wire/ethertypes.js';
import { wccpLength } from '../wire/gre.js';
import { checkIpv4, ipv4TotalLength } from '../wire/ipv4.js';
import { ITAG_LEN, isVlanType, TRILL_MIN_LEN, tagLength, tagNextType, trillLength } from '../wire/link-tags.js';
import {
  checkLlc,
  isLlcIp,
  isLlcIso,
  isSnap,
  OUI_BRIDGE_TUNNEL,
  OUI_BRIDGED,
  OUI_ETHERTYPE,
  PID_BRIDGED_ETHERNET,
  PID_BRIDGED_ETHERNET_FCS,
  SNAP_HEADER_LEN,
  snapOui,
  snapPid,
} from '../wire/llc.js';
import { mplsPayloadAt, NIBBLE_CHANNEL, pseudoWireFrameAt } from '../wire/mpls.js';
import { checkPppoe, PPPOE_HEADER_LEN, pppoeCode, pppoeLength } from '../wire/ppp.js';
import type { Cursor } from './cursor.js';
import {
  LAYER_ARP,
  LAYER_END,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_NLPID,
  LAYER_NSH,
  LAYER_PPP,
  LAYER_PPPOE,
  type Layer,
} from './layers.js';

export function ethernetLayer(c: Cursor): Layer {
  const at = c.at;
  if (checkEthernet(at, c.end) !== FITS) return c.short();
  const type = ethernetType(c.bytes, at);
  c.at = at + ETHERNET_HEADER_LEN;
  if (type > MAX_8023_LENGTH) {
    c.noteType(type);
    return type === TYPE_IPV4 ? LAYER_IPV4 : LAYER_ETHERTYPE; // most frames skip a dispatch
  }
  if (isIsl(c.bytes, at) && c.end - at >= ISL_HEADER_LEN + ETHERNET_HEADER_LEN) {
    c.at = at + ISL_HEADER_LEN;
    return LAYER_ETHERNET;
  }
  c.limit(type);
  return LAYER_LLC;
}

/** Ethernet with a switch's tag of `length` bytes, which has no EtherType, between addresses and type. */
export function taggedEthernetLayer(c: Cursor, length: number): Layer {
  if (!c.skip(ETHERNET_ADDRESSES_LEN + length + 2)) return c.short();
  const type = tagNextType(c.bytes, c.at - 2, 2);
  if (type > MAX_8023_LENGTH) {
    c.noteType(type);
    return LAYER_ETHERTYPE;
  }
  c.limit(type);
  return LAYER_LLC;
}

export function etherTypeLayer(c: Cursor): Layer {
  switch (c.nextType) {
    case TYPE_IPV4:
      return LAYER_IPV4;
    case TYPE_IPV6:
      return LAYER_IPV6;
    case TYPE_ARP:
    case TYPE_RARP:
      return LAYER_ARP;
    case TYPE_MPLS:
    case TYPE_MPLS_UPSTREAM:
      return LAYER_MPLS;
    case TYPE_PPPOE_SESSION:
      return LAYER_PPPOE;
    case TYPE_PPP:
      return LAYER_PPP;
    case TYPE_ETHERNET:
      return LAYER_ETHERNET;
    case TYPE_NSH:
      return LAYER_NSH;
    case TYPE_ITAG:
      return c.skip(ITAG_LEN) ? LAYER_ETHERNET : c.short();
    case TYPE_TRILL:
      if (c.end - c.at < TRILL_MIN_LEN) return c.short();
      return c.skip(trillLength(c.bytes, c.at)) ? LAYER_ETHERNET : c.short();
    case TYPE_WCCP:
      if (c.at >= c.end) return c.short();
      return c.skip(wccpLength(c.bytes, c.at)) ? LAYER_IPV4 : c.short();
    default:
      return tagLayer(c);
  }
}

/** A tag, or a type that leads nowhere further: LLDP, EAPOL, MACsec and hundreds of others. */
function tagLayer(c: Cursor): Layer {
  const length = tagLength(c.nextType);
  if (length === 0) return LAYER_END;
  if (isVlanType(c.nextType)) c.marks |= MARK_VLAN;
  if (!c.skip(length)) return c.short();
  const type = tagNextType(c.bytes, c.at - length, length);
  if (type > MAX_8023_LENGTH) {
    c.noteType(type);
    return LAYER_ETHERTYPE;
  }
  c.limit(type);
  return LAYER_LLC;
}

export function llcLayer(c: Cursor): Layer {
  const at = c.at;
  c.noteType(0); // a tag before had a type, 802.2 has none
  if (checkLlc(at, c.end) !== FITS) return c.short();
  if (isSnap(c.bytes, at)) return snapLayer(c);
  if (isLlcIp(c.bytes, at)) {
    c.at = at + 3;
    return LAYER_IP;
  }
  if (isLlcIso(c.bytes, at)) {
    c.at = at + 3;
    return LAYER_NLPID;
  }
  return LAYER_END; // spanning tree, IPX, NetBEUI and whatever else speaks 802.2
}

function snapLayer(c: Cursor): Layer {
  const at = c.at;
  if (!c.skip(SNAP_HEADER_LEN)) return c.short();
  const oui = snapOui(c.bytes, at);
  const pid = snapPid(c.bytes, at);
  if (oui === OUI_ETHERTYPE || oui === OUI_BRIDGE_TUNNEL) {
    c.noteType(pid);
    return LAYER_ETHERTYPE;
  }
  if (oui === OUI_BRIDGED && (pid === PID_BRIDGED_ETHERNET || pid === PID_BRIDGED_ETHERNET_FCS)) {
    return c.skip(2) ? LAYER_ETHERNET : c.short(); // RFC 2684: two bytes of padding before a bridged frame
  }
  return LAYER_END;
}

export function arpLayer(c: Cursor): Layer {
  const check = checkArp(c.bytes, c.at, c.end);
  if (check !== FITS) return c.fail(check);
  return arpProtocolType(c.bytes, c.at) === 0 ? c.bad() : LAYER_END;
}

/** Nothing in a label says what it carries, but the first four bits of IP and of a control word do. */
export function mplsLayer(c: Cursor): Layer {
  const payload = mplsPayloadAt(c.bytes, c.at, c.end, MAX_LAYERS);
  if (payload < 0) return c.short();
  c.at = payload;
  if (payload >= c.end) return c.short();
  const nibble = c.bytes[payload]! >> 4;
  if (nibble === 6) return LAYER_IPV6;
  if (nibble === 4) {
    const check = checkIpv4(c.bytes, payload, c.end);
    const room = c.end - payload;
    if (check === SHORT || (check === FITS && (c.cut || ipv4TotalLength(c.bytes, payload) <= room))) return LAYER_IPV4;
  }
  if (nibble === NIBBLE_CHANNEL) return LAYER_END;
  // A pseudo-wire, most of the time with Ethernet in it: the frame will tell.
  c.guess = true;
  c.at = pseudoWireFrameAt(c.bytes, payload, c.end);
  return LAYER_ETHERNET;
}

export function pppoeLayer(c: Cursor): Layer {
  const at = c.at;
  const check = checkPppoe(c.bytes, at, c.end);
  if (check !== FITS) return c.fail(check);
  const length = pppoeLength(c.bytes, at);
  c.at = at + PPPOE_HEADER_LEN;
  c.limit(length);
  return pppoeCode(c.bytes, at) === 0 ? LAYER_PPP : LAYER_END;
}
