// Link types in which the capturing system has put its own header in place of the wire's: loopback, Linux cooked,
// netfilter log, and the captures that name another link type inside.
/** @hot */
import { VERDICT_UNSUPPORTED } from '../frame/frame-batch.js';
import {
  ENC_LEN,
  familyIsIpv4,
  familyIsIpv6,
  IPNET_FAMILY,
  IPNET_LEN,
  LOOPBACK_LEN,
  loopbackFamily,
  loopbackFits,
  PFLOG_FAMILY,
  PFLOG_MIN_LEN,
  pflogLength,
} from '../wire/bsd-loopback.js';
import { u16 } from '../wire/bytes.js';
import {
  ERF_ETHERNET,
  ERF_ETHERNET_COLOR,
  ERF_ETHERNET_DSM,
  ERF_ETHERNET_PAD,
  ERF_HDLC,
  ERF_IPV4,
  ERF_IPV6,
  erfPayloadAt,
  erfType,
  PKTAP_LEN_MIN,
  PKTAP_MIN_LEN,
  PPI_MIN_LEN,
  pktapHasPacket,
  pktapLength,
  pktapLinkType,
  ppiLength,
  ppiLinkType,
  ppiVersion,
} from '../wire/capture-headers.js';
import { FITS } from '../wire/check.js';
import { MAX_8023_LENGTH, TYPE_IPV4, TYPE_IPV6 } from '../wire/ethertypes.js';
import { LINK_IEEE802_11, LINK_IEEE802_11_RADIO, LINK_PPP_SERIAL, LINK_PRISM_HEADER } from '../wire/link-types.js';
import {
  ARPHRD_NETLINK,
  ARPHRD_WLAN,
  ARPHRD_WLAN_PRISM,
  ARPHRD_WLAN_RADIOTAP,
  COOKED_LLC,
  checkSll,
  checkSll2,
  SLL_LEN,
  SLL2_LEN,
  sll2Hardware,
  sll2Protocol,
  sllHardware,
  sllProtocol,
} from '../wire/linux-cooked.js';
import { NFLOG_BAD, NFLOG_HEADER_LEN, nflogFamily, nflogPayloadAt } from '../wire/nflog.js';
import type { Cursor } from './cursor.js';
import {
  LAYER_END,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LINK,
  LAYER_LLC,
  type Layer,
} from './layers.js';

const PPP_ADDRESS_CONTROL = 0xff03;

export function loopbackLayer(c: Cursor): Layer {
  const at = c.at;
  if (at + LOOPBACK_LEN > c.end) return c.short();
  if (u16(c.bytes, at) === PPP_ADDRESS_CONTROL) {
    c.linkType = LINK_PPP_SERIAL; // some systems call their PPP links this
    return LAYER_LINK;
  }
  if (!loopbackFits(c.bytes, at)) return c.bad();
  c.at = at + LOOPBACK_LEN;
  const family = loopbackFamily(c.bytes, at);
  if (family <= MAX_8023_LENGTH) return familyLayer(c, family);
  c.noteType(family); // an EtherType where the family should be
  return LAYER_ETHERTYPE;
}

export function encLayer(c: Cursor): Layer {
  if (!c.skip(ENC_LEN)) return c.short();
  return familyLayer(c, loopbackFamily(c.bytes, c.at - ENC_LEN));
}

export function ipnetLayer(c: Cursor): Layer {
  if (!c.skip(IPNET_LEN)) return c.short();
  return familyLayer(c, c.bytes[c.at - IPNET_LEN + IPNET_FAMILY]!);
}

export function pflogLayer(c: Cursor): Layer {
  const at = c.at;
  if (at + PFLOG_MIN_LEN > c.end) return c.short();
  const length = pflogLength(c.bytes, at);
  if (length < PFLOG_MIN_LEN) return c.bad();
  return c.skip(length) ? familyLayer(c, c.bytes[at + PFLOG_FAMILY]!) : c.short();
}

export function nflogLayer(c: Cursor): Layer {
  const at = c.at;
  if (!c.skip(NFLOG_HEADER_LEN)) return c.short();
  const payload = nflogPayloadAt(c.bytes, c.at, c.end);
  if (payload === NFLOG_BAD) return c.cut ? c.short() : c.bad();
  if (payload < 0) return LAYER_END;
  c.at = payload;
  return familyLayer(c, nflogFamily(c.bytes, at));
}

function familyLayer(c: Cursor, family: number): Layer {
  if (familyIsIpv4(family)) {
    c.noteType(TYPE_IPV4);
    return LAYER_IPV4;
  }
  if (!familyIsIpv6(family)) return LAYER_END;
  c.noteType(TYPE_IPV6);
  return LAYER_IPV6;
}

export function sllLayer(c: Cursor): Layer {
  const at = c.at;
  if (checkSll(at, c.end) !== FITS) return c.short();
  c.at = at + SLL_LEN;
  return cookedLayer(c, sllHardware(c.bytes, at), sllProtocol(c.bytes, at));
}

export function sll2Layer(c: Cursor): Layer {
  const at = c.at;
  if (checkSll2(at, c.end) !== FITS) return c.short();
  c.at = at + SLL2_LEN;
  return cookedLayer(c, sll2Hardware(c.bytes, at), sll2Protocol(c.bytes, at));
}

function cookedLayer(c: Cursor, hardware: number, protocol: number): Layer {
  if (hardware === ARPHRD_NETLINK) return LAYER_END;
  if (hardware === ARPHRD_WLAN || hardware === ARPHRD_WLAN_PRISM || hardware === ARPHRD_WLAN_RADIOTAP) {
    c.linkType =
      hardware === ARPHRD_WLAN
        ? LINK_IEEE802_11
        : hardware === ARPHRD_WLAN_PRISM
          ? LINK_PRISM_HEADER
          : LINK_IEEE802_11_RADIO;
    return LAYER_LINK;
  }
  if (protocol === COOKED_LLC) return LAYER_LLC;
  if (protocol <= MAX_8023_LENGTH) return LAYER_END; // Novell raw 802.3, CAN, and other numbers of the kernel's own
  c.noteType(protocol);
  return LAYER_ETHERTYPE;
}

export function ppiLayer(c: Cursor): Layer {
  const at = c.at;
  if (at + PPI_MIN_LEN > c.end) return c.short();
  const length = ppiLength(c.bytes, at);
  if (ppiVersion(c.bytes, at) !== 0 || length < PPI_MIN_LEN) return c.bad();
  return c.skip(length) ? wrapped(c, ppiLinkType(c.bytes, at)) : c.short();
}

/** `certain` is false where the link type is a number for private use that Darwin took for PKTAP. */
export function pktapLayer(c: Cursor, certain: boolean): Layer {
  const at = c.at;
  if (at + PKTAP_MIN_LEN > c.end) return certain ? c.short() : unsupported(c);
  const length = pktapLength(c.bytes, at);
  if (length < PKTAP_LEN_MIN || !pktapHasPacket(c.bytes, at)) return certain ? c.bad() : unsupported(c);
  if (length > c.end - at) return certain ? c.short() : unsupported(c);
  c.at = at + length;
  return wrapped(c, pktapLinkType(c.bytes, at));
}

export function erfLayer(c: Cursor): Layer {
  const at = c.at;
  const payload = erfPayloadAt(c.bytes, at, c.end);
  if (payload < 0) return c.short();
  c.at = payload;
  switch (erfType(c.bytes, at)) {
    case ERF_ETHERNET:
    case ERF_ETHERNET_COLOR:
    case ERF_ETHERNET_DSM:
      return c.skip(ERF_ETHERNET_PAD) ? LAYER_ETHERNET : c.short();
    case ERF_HDLC:
      return wrapped(c, LINK_PPP_SERIAL);
    case ERF_IPV4:
      return LAYER_IPV4;
    case ERF_IPV6:
      return LAYER_IPV6;
    default:
      return LAYER_END;
  }
}

function wrapped(c: Cursor, linkType: number): Layer {
  c.linkType = Math.min(linkType, 0xffff); // the cursor holds small integers only
  return LAYER_LINK;
}

export function unsupported(c: Cursor): Layer {
  c.verdict = VERDICT_UNSUPPORTED;
  return LAYER_END;
}
