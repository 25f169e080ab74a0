// IP protocol numbers, and the tunnels that have one of their own: IP in IP, GRE with PPTP and ERSPAN, EtherIP, AH, PIM
// registers. A tunnel is only entered here; the packet becomes the inner one's when an IP header is found in it.
/** @hot */
import { u16 } from '../wire/bytes.js';
import { FITS } from '../wire/check.js';
import { TYPE_ERSPAN_I_II, TYPE_ERSPAN_III } from '../wire/ethertypes.js';
import {
  checkGre,
  ERSPAN_II_LEN,
  ERSPAN_III_MIN_LEN,
  erspan3FrameType,
  erspan3Length,
  GRE_ETHERNET_OLD,
  GRE_FRAME_RELAY,
  GRE_HDLC,
  GRE_HDLC_2,
  greHasSequence,
  greIsWlan,
  greLength,
  greProtocol,
  greVersion,
} from '../wire/gre.js';
import {
  IP_AH,
  IP_DCCP,
  IP_DST_OPTIONS,
  IP_ETHERIP,
  IP_FRAGMENT,
  IP_GRE,
  IP_HIP,
  IP_HOP_BY_HOP,
  IP_ICMP,
  IP_ICMPV6,
  IP_IPIP,
  IP_IPV6,
  IP_MOBILITY,
  IP_MPLS,
  IP_PIM,
  IP_ROUTING,
  IP_SCTP,
  IP_SHIM6,
  IP_TCP,
  IP_UDP,
  IP_UDPLITE,
} from '../wire/ip-protocols.js';
import {
  TUNNEL_6IN4,
  TUNNEL_AH,
  TUNNEL_ERSPAN,
  TUNNEL_GRE,
  TUNNEL_IPIP,
  TUNNEL_OTHER,
  TUNNEL_PPTP,
} from '../wire/tunnels.js';
import {
  NEXT_ETHERNET,
  NEXT_IPV4,
  NEXT_IPV6,
  NEXT_MPLS,
  NEXT_NSH,
  NSH_MIN_LEN,
  nshLength,
  nshNext,
} from '../wire/vxlan.js';
import type { Cursor } from './cursor.js';
import {
  LAYER_END,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_FRAME_RELAY,
  LAYER_GRE,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_MPLS,
  LAYER_NSH,
  LAYER_PPP,
  LAYER_TCP,
  LAYER_UDP,
  LAYER_WLAN,
  type Layer,
} from './layers.js';
import { extensionLayer, ipv6FragmentLayer } from './network-layers.js';
import { dccpLayer, icmpLayer, sctpLayer, udpLiteLayer } from './transport-layers.js';

const IP_VERSION_6 = 6;

export function upperLayer(c: Cursor): Layer {
  switch (c.proto) {
    case IP_TCP:
      return LAYER_TCP;
    case IP_UDP:
      return LAYER_UDP;
    case IP_ICMP:
    case IP_ICMPV6:
      return icmpLayer(c);
    case IP_GRE:
      return LAYER_GRE;
    case IP_SCTP:
      return sctpLayer(c);
    case IP_UDPLITE:
      return udpLiteLayer(c);
    case IP_DCCP:
      return dccpLayer(c);
    case IP_IPIP:
      c.enterTunnel(TUNNEL_IPIP);
      return LAYER_IPV4;
    case IP_IPV6:
      c.enterTunnel(c.ipVersion === IP_VERSION_6 ? TUNNEL_IPIP : TUNNEL_6IN4);
      return LAYER_IPV6;
    case IP_AH:
      return authenticationLayer(c);
    case IP_HOP_BY_HOP:
    case IP_ROUTING:
    case IP_DST_OPTIONS:
    case IP_MOBILITY:
    case IP_HIP:
    case IP_SHIM6:
      return c.ipVersion === IP_VERSION_6 ? extensionLayer(c) : LAYER_END;
    case IP_FRAGMENT:
      return c.ipVersion === IP_VERSION_6 ? ipv6FragmentLayer(c) : LAYER_END;
    case IP_ETHERIP:
      return etherIpLayer(c);
    case IP_MPLS:
      c.enterTunnel(TUNNEL_OTHER);
      return LAYER_MPLS;
    case IP_PIM:
      return pimLayer(c);
    default:
      return LAYER_END; // ESP, IGMP, OSPF and the rest: a flow without ports
  }
}

/** AH in transport mode is an extension; in tunnel mode, with an IP header behind it, it is a tunnel. */
function authenticationLayer(c: Cursor): Layer {
  const layer = extensionLayer(c);
  if (layer !== LAYER_END && (c.proto === IP_IPIP || c.proto === IP_IPV6)) c.enterTunnel(TUNNEL_AH);
  return layer;
}

export function greLayer(c: Cursor): Layer {
  const at = c.at;
  const check = checkGre(c.bytes, at, c.end);
  if (check !== FITS) return c.fail(check);
  c.skip(greLength(c.bytes, at));
  if (c.at >= c.end) return LAYER_END; // a PPTP acknowledgement, or a keep-alive
  if (greVersion(c.bytes, at) === 1) {
    c.enterTunnel(TUNNEL_PPTP);
    return LAYER_PPP;
  }
  c.enterTunnel(TUNNEL_GRE);
  const protocol = greProtocol(c.bytes, at);
  if (protocol === TYPE_ERSPAN_I_II) {
    c.enterTunnel(TUNNEL_ERSPAN);
    // Type I has no header of its own, and no sequence number before it.
    if (greHasSequence(c.bytes, at) && !c.skip(ERSPAN_II_LEN)) return c.short();
    return LAYER_ETHERNET;
  }
  if (protocol === TYPE_ERSPAN_III) return erspan3Layer(c);
  return greCarries(c, protocol);
}

/** GRE speaks EtherTypes, with a few numbers of its own. */
function greCarries(c: Cursor, protocol: number): Layer {
  if (greIsWlan(protocol)) {
    c.guess = true;
    return LAYER_WLAN;
  }
  switch (protocol) {
    case GRE_ETHERNET_OLD:
      return LAYER_ETHERNET;
    case GRE_FRAME_RELAY:
      return LAYER_FRAME_RELAY;
    case GRE_HDLC:
    case GRE_HDLC_2:
      c.guess = true; // a stream whose frames need not begin where packets do
      return LAYER_PPP;
    default:
      c.noteType(protocol);
      return LAYER_ETHERTYPE;
  }
}

function erspan3Layer(c: Cursor): Layer {
  c.enterTunnel(TUNNEL_ERSPAN);
  const at = c.at;
  if (at + ERSPAN_III_MIN_LEN > c.end || !c.skip(erspan3Length(c.bytes, at))) return c.short();
  const frameType = erspan3FrameType(c.bytes, at);
  return frameType === 0 ? LAYER_ETHERNET : frameType === 2 ? LAYER_IP : LAYER_END;
}

const ETHERIP_LEN = 2;
const ETHERIP_VERSION_3 = 0x3000;

/** RFC 3378. */
function etherIpLayer(c: Cursor): Layer {
  if (!c.skip(ETHERIP_LEN)) return c.short();
  if (u16(c.bytes, c.at - ETHERIP_LEN) !== ETHERIP_VERSION_3) return c.bad();
  c.enterTunnel(TUNNEL_OTHER);
  return LAYER_ETHERNET;
}

const PIM_REGISTER_LEN = 8;
const PIM_2_REGISTER = 0x21;
const PIM_NULL_REGISTER = 0x40;

/** RFC 7761: a register message carries a multicast packet to the rendezvous point; a null register only its addresses. */
function pimLayer(c: Cursor): Layer {
  const at = c.at;
  if (at + PIM_REGISTER_LEN >= c.end || c.bytes[at] !== PIM_2_REGISTER) return LAYER_END;
  if ((c.bytes[at + 4]! & PIM_NULL_REGISTER) !== 0) return LAYER_END;
  c.at = at + PIM_REGISTER_LEN;
  c.enterTunnel(TUNNEL_OTHER);
  return LAYER_IP;
}

/** Network service header (RFC 8300), by EtherType or behind VXLAN-GPE. */
export function nshLayer(c: Cursor): Layer {
  const at = c.at;
  if (at + NSH_MIN_LEN > c.end) return c.short();
  const length = nshLength(c.bytes, at);
  if (length < NSH_MIN_LEN) return c.bad();
  return c.skip(length) ? overlayNext(nshNext(c.bytes, at)) : c.short();
}

/** The next-protocol numbers that VXLAN-GPE and the network service header share. */
export function overlayNext(next: number): Layer {
  switch (next) {
    case NEXT_IPV4:
      return LAYER_IPV4;
    case NEXT_IPV6:
      return LAYER_IPV6;
    case NEXT_ETHERNET:
      return LAYER_ETHERNET;
    case NEXT_NSH:
      return LAYER_NSH;
    case NEXT_MPLS:
      return LAYER_MPLS;
    default:
      return LAYER_END;
  }
}
