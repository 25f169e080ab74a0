// Link types one meets in old captures: rings, ARCNET, ATM, SLIP, FireWire, and the line cards of Juniper routers.
/** @hot */
import { IEEE1394_LEN, IPOIB_LEN, ieee1394Type, ipoibType } from '../wire/capture-headers.js';
import { TYPE_ARP, TYPE_IPV4, TYPE_IPV6, TYPE_RARP } from '../wire/ethertypes.js';
import { MFR_LEN, mfrIsWhole } from '../wire/frame-relay.js';
import {
  isJuniper,
  JUNIPER_IPV4,
  JUNIPER_IPV6,
  JUNIPER_MIN_LEN,
  JUNIPER_PROTOCOL_LEN,
  juniperHasNoLink,
  juniperLength,
  juniperProtocol,
} from '../wire/juniper.js';
import {
  ARCNET_ARP,
  ARCNET_ARP_RFC1051,
  ARCNET_EXCEPTION,
  ARCNET_EXCEPTION_LEN,
  ARCNET_IP,
  ARCNET_IP_RFC1051,
  ARCNET_IPV6,
  ARCNET_RARP,
  ARCNET_SPLIT_LEN,
  DOCSIS_LEN,
  docsisIsFrame,
  docsisLength,
  FDDI_LEN,
  fddiIsLlc,
  routeLength,
  TOKEN_RING_LEN,
  tokenRingIsLlc,
  tokenRingIsRouted,
} from '../wire/lan-headers.js';
import {
  LINK_JUNIPER_ATM1,
  LINK_JUNIPER_ATM2,
  LINK_JUNIPER_CHDLC,
  LINK_JUNIPER_ETHER,
  LINK_JUNIPER_FRELAY,
  LINK_JUNIPER_GGSN,
  LINK_JUNIPER_MONITOR,
  LINK_JUNIPER_PPP,
  LINK_JUNIPER_PPPOE,
  LINK_JUNIPER_SERVICES,
} from '../wire/link-types.js';
import { isLlcIso, isSnap, LLC_HEADER_LEN } from '../wire/llc.js';
import type { Cursor } from './cursor.js';
import {
  LAYER_CHDLC,
  LAYER_END,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_FRAME_RELAY,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LLC,
  LAYER_PPP,
  type Layer,
} from './layers.js';

export function fddiLayer(c: Cursor): Layer {
  if (!c.skip(FDDI_LEN)) return c.short();
  return fddiIsLlc(c.bytes, c.at - FDDI_LEN) ? LAYER_LLC : LAYER_END;
}

export function tokenRingLayer(c: Cursor): Layer {
  const at = c.at;
  if (!c.skip(TOKEN_RING_LEN)) return c.short();
  if (!tokenRingIsLlc(c.bytes, at)) return LAYER_END;
  if (!tokenRingIsRouted(c.bytes, at)) return LAYER_LLC;
  if (c.at >= c.end) return c.short();
  const route = routeLength(c.bytes, c.at);
  if (route < 2) return c.bad();
  return c.skip(route) ? LAYER_LLC : c.short();
}

/** `headerLength` ends with the type byte: three bytes on BSD, five on Linux. */
export function arcnetLayer(c: Cursor, headerLength: number): Layer {
  if (!c.skip(headerLength)) return c.short();
  const type = c.bytes[c.at - 1]!;
  if (type === ARCNET_IP_RFC1051 || type === ARCNET_ARP_RFC1051) {
    c.noteType(type === ARCNET_IP_RFC1051 ? TYPE_IPV4 : TYPE_ARP);
    return LAYER_ETHERTYPE;
  }
  if (type !== ARCNET_IP && type !== ARCNET_IPV6 && type !== ARCNET_ARP && type !== ARCNET_RARP) return LAYER_END;
  if (c.at >= c.end) return c.short();
  if (c.bytes[c.at] === ARCNET_EXCEPTION && !c.skip(ARCNET_EXCEPTION_LEN)) return c.short();
  if (c.at >= c.end) return c.short();
  const split = c.bytes[c.at]!;
  if (!c.skip(ARCNET_SPLIT_LEN)) return c.short();
  if (split !== 0 && (split & 1) === 0) return LAYER_END; // a later part of a packet in parts
  c.noteType(
    type === ARCNET_IP ? TYPE_IPV4 : type === ARCNET_IPV6 ? TYPE_IPV6 : type === ARCNET_ARP ? TYPE_ARP : TYPE_RARP,
  );
  return LAYER_ETHERTYPE;
}

/** RFC 2684 with LLC; where there is none, an IP packet alone in its circuit. */
export function atmLayer(c: Cursor): Layer {
  if (c.at + LLC_HEADER_LEN > c.end) return c.short();
  if (isSnap(c.bytes, c.at) || isLlcIso(c.bytes, c.at)) return LAYER_LLC;
  const nibble = c.bytes[c.at]! >> 4;
  return nibble === 4 || nibble === 6 ? guessIp(c) : LAYER_LLC;
}

const SUNATM_LEN = 4;
const SUNATM_TYPE_MASK = 0x0f;
const SUNATM_LANE = 1;
const SUNATM_LLC = 2;
const LANE_HEADER_LEN = 2;

export function sunAtmLayer(c: Cursor): Layer {
  if (!c.skip(SUNATM_LEN)) return c.short();
  const type = c.bytes[c.at - SUNATM_LEN]! & SUNATM_TYPE_MASK;
  if (type === SUNATM_LLC) return LAYER_LLC;
  if (type !== SUNATM_LANE) return LAYER_END;
  return c.skip(LANE_HEADER_LEN) ? LAYER_ETHERNET : c.short();
}

const SLIP_LEN = 16;
const SLIP_TYPE = 1;
const SLIP_COMPRESSED = 0x80;
const SLIP_UNCOMPRESSED_TCP = 0x70;

/** Van Jacobson's forms (RFC 1144) have no IP header that could be read without the packets before. */
export function slipLayer(c: Cursor): Layer {
  if (!c.skip(SLIP_LEN)) return c.short();
  const type = c.bytes[c.at - SLIP_LEN + SLIP_TYPE]!;
  return (type & SLIP_COMPRESSED) !== 0 || (type & 0xf0) === SLIP_UNCOMPRESSED_TCP ? LAYER_END : LAYER_IP;
}

export function ieee1394Layer(c: Cursor): Layer {
  if (!c.skip(IEEE1394_LEN)) return c.short();
  c.noteType(ieee1394Type(c.bytes, c.at - IEEE1394_LEN));
  return LAYER_ETHERTYPE;
}

export function ipoibLayer(c: Cursor): Layer {
  if (!c.skip(IPOIB_LEN)) return c.short();
  c.noteType(ipoibType(c.bytes, c.at - IPOIB_LEN));
  return LAYER_ETHERTYPE;
}

export function docsisLayer(c: Cursor): Layer {
  const at = c.at;
  if (at + DOCSIS_LEN > c.end) return c.short();
  if (!docsisIsFrame(c.bytes, at)) return LAYER_END;
  return c.skip(docsisLength(c.bytes, at)) ? LAYER_ETHERNET : c.short();
}

export function mfrLayer(c: Cursor): Layer {
  if (!c.skip(MFR_LEN)) return c.short();
  return mfrIsWhole(c.bytes, c.at - MFR_LEN) ? LAYER_FRAME_RELAY : LAYER_END;
}

export function juniperLayer(c: Cursor): Layer {
  const at = c.at;
  if (at + JUNIPER_MIN_LEN > c.end) return c.short();
  if (!isJuniper(c.bytes, at)) return c.bad();
  const length = juniperLength(c.bytes, at, c.end);
  if (length < 0 || !c.skip(length)) return c.short();
  if (juniperHasNoLink(c.bytes, at)) {
    if (!c.skip(JUNIPER_PROTOCOL_LEN)) return c.short();
    const protocol = juniperProtocol(c.bytes, c.at - JUNIPER_PROTOCOL_LEN);
    return protocol === JUNIPER_IPV4 ? LAYER_IPV4 : protocol === JUNIPER_IPV6 ? LAYER_IPV6 : LAYER_END;
  }
  switch (c.linkType) {
    case LINK_JUNIPER_ETHER:
    case LINK_JUNIPER_PPPOE:
      return LAYER_ETHERNET;
    case LINK_JUNIPER_PPP:
      return LAYER_PPP;
    case LINK_JUNIPER_CHDLC:
      return LAYER_CHDLC;
    case LINK_JUNIPER_FRELAY:
      return LAYER_FRAME_RELAY;
    case LINK_JUNIPER_ATM1:
      return c.skip(4) ? atmLayer(c) : c.short(); // the cookie of the line card
    case LINK_JUNIPER_ATM2:
      return c.skip(8) ? atmLayer(c) : c.short();
    case LINK_JUNIPER_GGSN:
    case LINK_JUNIPER_MONITOR:
    case LINK_JUNIPER_SERVICES:
      return c.skip(8) ? guessIp(c) : c.short();
    default:
      return LAYER_END; // encryption and multilink cards: the cookie's form is not published
  }
}

/** An IP packet if it looks like one, else something that only the two ends know. */
function guessIp(c: Cursor): Layer {
  c.guess = true;
  return LAYER_IP;
}
