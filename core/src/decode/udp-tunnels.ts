// Tunnels over UDP, known by port. A port proves nothing: the cursor goes on as a guess, and where no sane IP header turns
// up the packet stays in its outer flow, as it was before.
/** @hot */

import {
  capwapFrameAt,
  capwapIsNative,
  PORT_CAPWAP_DATA,
  PORT_TZSP,
  TZSP_ETHERNET,
  TZSP_WLAN,
  tzspEncapsulation,
  tzspFrameAt,
} from '../wire/capwap.js';
import { gtpUserPacketAt, PORT_GTP_U } from '../wire/gtp.js';
import { IP_IPIP, IP_IPV6 } from '../wire/ip-protocols.js';
import { l2tpFrameAt, PORT_L2TP } from '../wire/l2tp.js';
import { ayiyaNextHeader, ayiyaPacketAt, PORT_AYIYA, PORT_TEREDO, teredoPacketAt } from '../wire/teredo.js';
import {
  TUNNEL_AYIYA,
  TUNNEL_CAPWAP,
  TUNNEL_GENEVE,
  TUNNEL_GTP,
  TUNNEL_L2TP,
  TUNNEL_OTHER,
  TUNNEL_TEREDO,
  TUNNEL_VXLAN,
} from '../wire/tunnels.js';
import {
  GENEVE_MIN_LEN,
  geneveLength,
  geneveProtocol,
  geneveVersion,
  gpeNext,
  LISP_HEADER_LEN,
  looksLikeVxlan,
  PORT_GENEVE,
  PORT_LISP,
  PORT_VXLAN,
  PORT_VXLAN_GPE,
  PORT_VXLAN_LINUX,
  VXLAN_HEADER_LEN,
} from '../wire/vxlan.js';
import type { Cursor } from './cursor.js';
import {
  LAYER_END,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_GRE,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_MPLS,
  LAYER_PPP,
  LAYER_WLAN,
  type Layer,
} from './layers.js';
import { overlayNext } from './tunnel-layers.js';

const PORT_GRE_IN_UDP = 4754; // RFC 8086
const PORT_MPLS_IN_UDP = 6635; // RFC 7510
/** Below the smallest of these ports there is nothing to ask. */
const LOWEST_PORT = PORT_L2TP;

const TUNNEL_PORTS = new Uint8Array(PORT_TZSP + 1);
for (const port of [
  PORT_AYIYA,
  PORT_CAPWAP_DATA,
  PORT_GENEVE,
  PORT_GRE_IN_UDP,
  PORT_GTP_U,
  PORT_L2TP,
  PORT_LISP,
  PORT_MPLS_IN_UDP,
  PORT_TEREDO,
  PORT_TZSP,
  PORT_VXLAN,
  PORT_VXLAN_GPE,
  PORT_VXLAN_LINUX,
])
  TUNNEL_PORTS[port] = 1;

/** May a datagram from or to this port be a tunnel? The ports of `byPort`. */
export const isTunnelPort = (port: number): boolean =>
  port >= LOWEST_PORT && port <= PORT_TZSP && TUNNEL_PORTS[port] !== 0;

export function udpTunnelLayer(c: Cursor): Layer {
  if (c.at >= c.end) return LAYER_END;
  const layer = c.dstPort < LOWEST_PORT ? LAYER_END : byPort(c, c.dstPort);
  if (layer !== LAYER_END || c.srcPort < LOWEST_PORT) return layer;
  return byPort(c, c.srcPort);
}

function byPort(c: Cursor, port: number): Layer {
  switch (port) {
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX:
      if (c.end - c.at < VXLAN_HEADER_LEN || !looksLikeVxlan(c.bytes, c.at)) return LAYER_END;
      return enter(c, TUNNEL_VXLAN, c.at + VXLAN_HEADER_LEN, LAYER_ETHERNET);
    case PORT_VXLAN_GPE:
      if (c.end - c.at < VXLAN_HEADER_LEN || !looksLikeVxlan(c.bytes, c.at)) return LAYER_END;
      return enter(c, TUNNEL_VXLAN, c.at + VXLAN_HEADER_LEN, overlayNext(gpeNext(c.bytes, c.at)));
    case PORT_GENEVE:
      return geneve(c);
    case PORT_GTP_U:
      return enter(c, TUNNEL_GTP, gtpUserPacketAt(c.bytes, c.at, c.end), LAYER_IP);
    case PORT_L2TP:
      return enter(c, TUNNEL_L2TP, l2tpFrameAt(c.bytes, c.at, c.end), LAYER_PPP);
    case PORT_TEREDO:
      return enter(c, TUNNEL_TEREDO, teredoPacketAt(c.bytes, c.at, c.end), LAYER_IPV6);
    case PORT_AYIYA:
      return ayiya(c);
    case PORT_LISP:
      return enter(c, TUNNEL_OTHER, c.at + LISP_HEADER_LEN, LAYER_IP);
    case PORT_CAPWAP_DATA:
      return capwap(c);
    case PORT_TZSP:
      return tzsp(c);
    case PORT_GRE_IN_UDP:
      return enter(c, TUNNEL_OTHER, c.at, LAYER_GRE);
    case PORT_MPLS_IN_UDP:
      return enter(c, TUNNEL_OTHER, c.at, LAYER_MPLS);
    default:
      return LAYER_END;
  }
}

/** Goes on at `at` as a guess; a negative `at` is the wire file's way to say that there is nothing inside. */
function enter(c: Cursor, tunnel: number, at: number, layer: Layer): Layer {
  if (at < 0 || at >= c.end || layer === LAYER_END) return LAYER_END;
  c.enterTunnel(tunnel);
  c.guess = true;
  c.at = at;
  return layer;
}

function geneve(c: Cursor): Layer {
  const at = c.at;
  if (c.end - at < GENEVE_MIN_LEN || geneveVersion(c.bytes, at) !== 0) return LAYER_END;
  c.nextType = geneveProtocol(c.bytes, at);
  return enter(c, TUNNEL_GENEVE, at + geneveLength(c.bytes, at), LAYER_ETHERTYPE);
}

function ayiya(c: Cursor): Layer {
  const at = ayiyaPacketAt(c.bytes, c.at, c.end);
  if (at < 0) return LAYER_END;
  const next = ayiyaNextHeader(c.bytes, c.at);
  if (next !== IP_IPV6 && next !== IP_IPIP) return LAYER_END;
  return enter(c, TUNNEL_AYIYA, at, next === IP_IPV6 ? LAYER_IPV6 : LAYER_IPV4);
}

function capwap(c: Cursor): Layer {
  const at = capwapFrameAt(c.bytes, c.at, c.end);
  if (at < 0) return LAYER_END;
  return enter(c, TUNNEL_CAPWAP, at, capwapIsNative(c.bytes, c.at) ? LAYER_WLAN : LAYER_ETHERNET);
}

function tzsp(c: Cursor): Layer {
  const at = tzspFrameAt(c.bytes, c.at, c.end);
  if (at < 0) return LAYER_END;
  const kind = tzspEncapsulation(c.bytes, c.at);
  return enter(
    c,
    TUNNEL_OTHER,
    at,
    kind === TZSP_ETHERNET ? LAYER_ETHERNET : kind === TZSP_WLAN ? LAYER_WLAN : LAYER_END,
  );
}
