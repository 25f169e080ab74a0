// Bytes to columns: the loop over a batch, and the only place that turns a layer's number into a call.
// Owns: the columns marked "decode" in frame-batch.ts. Must not know: flows, files, protocols above the transport.
// Bound: one pass, MAX_LAYERS layers a packet, no byte outside the captured frame is read, nothing is allocated.
//
//   link type ──► Ethernet, cooked, serial, radio ──► EtherType ──► IPv4 | IPv6 ──► TCP, UDP, ... ──► payload
//                    ▲                                   ▲   ▲                          │
//                    └───────────────────────────────────┴───┴──── a tunnel begins again ┘
/** @hot */
import { type FrameBatch, VERDICT_MALFORMED } from '../frame/frame-batch.js';
import { MAX_LAYERS } from '../kernel/limits.js';
import { LINK_ETHERNET } from '../wire/link-types.js';
import { type Cursor, cursor } from './cursor.js';
import { arpLayer, ethernetLayer, etherTypeLayer, llcLayer, mplsLayer, pppoeLayer } from './ethertype-layers.js';
import {
  LAYER_ARP,
  LAYER_CHDLC,
  LAYER_END,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_FRAME_RELAY,
  LAYER_GRE,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LINK,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_NLPID,
  LAYER_NSH,
  LAYER_PPP,
  LAYER_PPPOE,
  LAYER_TCP,
  LAYER_UDP,
  LAYER_UDP_TUNNEL,
  LAYER_UPPER,
  LAYER_WLAN,
  type Layer,
} from './layers.js';
import { linkLayer } from './link-layers.js';
import { ipLayer, ipv4Layer, ipv6Layer } from './network-layers.js';
import { tcpLayer, udpLayer } from './transport-layers.js';
import { greLayer, nshLayer, upperLayer } from './tunnel-layers.js';
import { udpTunnelLayer } from './udp-tunnels.js';
import { decodeUsual } from './usual-frame.js';
import { chdlcLayer, frameRelayLayer, nlpidLayer, pppLayer } from './wan-layers.js';
import { wlanLayer } from './wlan-layers.js';

/** Fills the decode columns of rows 0 to `batch.length - 1`, whatever they held before. */
export function decodeBatch(batch: FrameBatch): void {
  cursor.bytes = batch.bytes;
  const rows = batch.length;
  for (let row = 0; row < rows; row++) {
    if (!decodeUsual(batch, row)) decodeByLayers(batch, row);
  }
}

/** One row, whatever its frame is. `cursor.bytes` is the arena. */
export function decodeByLayers(batch: FrameBatch, row: number): void {
  const c = cursor;
  c.start(batch.frameStart[row]!, batch.capLen[row]!, batch.wireLen[row]!, batch.linkType[row]!);
  decodeFrame(c);
  store(batch, row, c);
}

function decodeFrame(c: Cursor): void {
  let layer: Layer = c.linkType === LINK_ETHERNET ? LAYER_ETHERNET : LAYER_LINK;
  for (let depth = 0; layer !== LAYER_END; depth++) {
    if (depth === MAX_LAYERS) {
      c.verdict = VERDICT_MALFORMED;
      break;
    }
    layer = decodeLayer(c, layer);
  }
  // Without an IP header the payload is what follows the last header that was understood.
  if (c.ipVersion === 0) {
    c.l4Start = c.at;
    c.payloadStart = c.at;
    c.payloadEnd = c.end;
  }
}

function decodeLayer(c: Cursor, layer: Layer): Layer {
  switch (layer) {
    case LAYER_LINK:
      return linkLayer(c);
    case LAYER_ETHERNET:
      return ethernetLayer(c);
    case LAYER_ETHERTYPE:
      return etherTypeLayer(c);
    case LAYER_IPV4:
      return ipv4Layer(c);
    case LAYER_UPPER:
      return upperLayer(c);
    case LAYER_TCP:
      return tcpLayer(c);
    case LAYER_UDP:
      return udpLayer(c);
    case LAYER_UDP_TUNNEL:
      return udpTunnelLayer(c);
    case LAYER_IPV6:
      return ipv6Layer(c);
    case LAYER_IP:
      return ipLayer(c);
    case LAYER_ARP:
      return arpLayer(c);
    case LAYER_LLC:
      return llcLayer(c);
    case LAYER_PPPOE:
      return pppoeLayer(c);
    case LAYER_PPP:
      return pppLayer(c);
    case LAYER_MPLS:
      return mplsLayer(c);
    case LAYER_GRE:
      return greLayer(c);
    case LAYER_WLAN:
      return wlanLayer(c);
    case LAYER_CHDLC:
      return chdlcLayer(c);
    case LAYER_FRAME_RELAY:
      return frameRelayLayer(c);
    case LAYER_NLPID:
      return nlpidLayer(c);
    case LAYER_NSH:
      return nshLayer(c);
    default:
      return LAYER_END;
  }
}

function store(batch: FrameBatch, row: number, c: Cursor): void {
  batch.verdict[row] = c.verdict;
  batch.marks[row] = c.marks;
  batch.etherType[row] = c.etherType;
  batch.ipVersion[row] = c.ipVersion;
  batch.ipProto[row] = c.ipProto;
  batch.srcAddr[row] = c.srcAddr;
  batch.dstAddr[row] = c.dstAddr;
  batch.fragmentId[row] = c.fragmentId;
  batch.l4Start[row] = c.l4Start;
  batch.payloadStart[row] = c.payloadStart;
  batch.payloadEnd[row] = c.payloadEnd;
  batch.srcPort[row] = c.srcPort;
  batch.dstPort[row] = c.dstPort;
  batch.tcpFlags[row] = c.tcpFlags;
  batch.tunnels[row] = c.tunnels;
}
