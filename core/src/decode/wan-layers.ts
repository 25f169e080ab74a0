// Serial lines: PPP, Cisco HDLC, Frame Relay, and the one-byte protocol numbers (NLPID) they share with ATM and LLC.
/** @hot */
import { u16 } from '../wire/bytes.js';
import { MAX_8023_LENGTH, TYPE_IPV4, TYPE_IPV6, TYPE_MPLS, TYPE_MPLS_UPSTREAM } from '../wire/ethertypes.js';
import {
  CHDLC_ISO,
  CHDLC_LEN,
  CHDLC_SLARP,
  chdlcType,
  frameRelayAddressLength,
  frameRelayIsIetf,
  frameRelayNlpidAt,
  isChdlc,
} from '../wire/frame-relay.js';
import {
  NLPID_IPV4,
  NLPID_IPV6,
  NLPID_PPP,
  NLPID_SNAP,
  OUI_BRIDGED,
  OUI_ETHERTYPE,
  PID_BRIDGED_ETHERNET,
  PID_BRIDGED_ETHERNET_FCS,
  snapOui,
  snapPid,
} from '../wire/llc.js';
import {
  BRIDGING_HEADER_LEN,
  BRIDGING_MAC_ETHERNET,
  PPP_BRIDGING,
  PPP_IPV4,
  PPP_IPV6,
  PPP_MPLS,
  PPP_MPLS_MULTICAST,
  pppAddressLength,
  pppProtocol,
  pppProtocolLength,
} from '../wire/ppp.js';
import type { Cursor } from './cursor.js';
import {
  LAYER_CHDLC,
  LAYER_END,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_MPLS,
  LAYER_NLPID,
  LAYER_PPP,
  type Layer,
} from './layers.js';

export function pppLayer(c: Cursor): Layer {
  c.skip(pppAddressLength(c.bytes, c.at, c.end));
  if (c.at >= c.end) return c.short();
  const length = pppProtocolLength(c.bytes, c.at);
  if (!c.skip(length)) return c.short();
  switch (pppProtocol(c.bytes, c.at - length)) {
    case PPP_IPV4:
      c.noteType(TYPE_IPV4);
      return LAYER_IPV4;
    case PPP_IPV6:
      c.noteType(TYPE_IPV6);
      return LAYER_IPV6;
    case PPP_MPLS:
      c.noteType(TYPE_MPLS);
      return LAYER_MPLS;
    case PPP_MPLS_MULTICAST:
      c.noteType(TYPE_MPLS_UPSTREAM);
      return LAYER_MPLS;
    case PPP_BRIDGING:
      if (c.end - c.at <= BRIDGING_HEADER_LEN) return c.short();
      if (c.bytes[c.at + 1] !== BRIDGING_MAC_ETHERNET) return LAYER_END;
      return c.skip(BRIDGING_HEADER_LEN) ? LAYER_ETHERNET : c.short();
    default:
      return LAYER_END; // link control, compressed and encrypted data
  }
}

/** A serial link type that carries PPP or, by its first byte, Cisco HDLC. */
export function serialLayer(c: Cursor): Layer {
  if (c.at >= c.end) return c.short();
  return isChdlc(c.bytes, c.at) ? LAYER_CHDLC : LAYER_PPP;
}

export function chdlcLayer(c: Cursor): Layer {
  if (!c.skip(CHDLC_LEN)) return c.short();
  const type = chdlcType(c.bytes, c.at - CHDLC_LEN);
  if (type === CHDLC_ISO) {
    if (c.at + 1 < c.end && c.bytes[c.at] === 0) c.skip(1); // a byte of padding before the NLPID
    return LAYER_NLPID;
  }
  c.noteType(type);
  return type === CHDLC_SLARP ? LAYER_END : LAYER_ETHERTYPE;
}

export function frameRelayLayer(c: Cursor): Layer {
  const length = frameRelayAddressLength(c.bytes, c.at, c.end);
  if (length === 0) return c.end - c.at < 4 ? c.short() : c.bad();
  c.skip(length);
  if (c.at >= c.end) return c.short();
  if (frameRelayIsIetf(c.bytes, c.at)) {
    c.at = frameRelayNlpidAt(c.bytes, c.at, c.end);
    return LAYER_NLPID;
  }
  if (!c.skip(2)) return c.short();
  const type = u16(c.bytes, c.at - 2);
  if (type <= MAX_8023_LENGTH) return LAYER_END; // LMI and other signalling
  c.noteType(type);
  return LAYER_ETHERTYPE;
}

/** ISO/IEC TR 9577: at the byte itself, which OSI protocols keep as their first. */
export function nlpidLayer(c: Cursor): Layer {
  if (c.at >= c.end) return c.short();
  switch (c.bytes[c.at]!) {
    case NLPID_IPV4:
      c.at += 1;
      c.noteType(TYPE_IPV4);
      return LAYER_IPV4;
    case NLPID_IPV6:
      c.at += 1;
      c.noteType(TYPE_IPV6);
      return LAYER_IPV6;
    case NLPID_PPP:
      c.at += 1;
      return LAYER_PPP;
    case NLPID_SNAP:
      return nlpidSnap(c);
    default:
      return LAYER_END; // IS-IS, CLNP, Q.933
  }
}

/** OUI and protocol follow the NLPID directly: three bytes nearer than in an LLC header. */
function nlpidSnap(c: Cursor): Layer {
  const llcAt = c.at - 2;
  if (!c.skip(6)) return c.short();
  const oui = snapOui(c.bytes, llcAt);
  const pid = snapPid(c.bytes, llcAt);
  if (oui === OUI_ETHERTYPE) {
    c.noteType(pid);
    return LAYER_ETHERTYPE;
  }
  return oui === OUI_BRIDGED && (pid === PID_BRIDGED_ETHERNET || pid === PID_BRIDGED_ETHERNET_FCS)
    ? LAYER_ETHERNET
    : LAYER_END;
}
