// STUN and TURN (RFC 3489, RFC 5389, RFC 8489, RFC 8656), and which product a call belongs to. Owns: the recognition, over UDP and
// TCP, and the memory of which sockets belong to a product. Bound: see product-memory.ts.
import {
  definePlugin,
  defineProtocol,
  MATCH,
  NOT_MINE,
  type PortsConfig,
  type Probe,
  type ProtocolSpec,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { rtcpIsWhole, rtpHeaderBytes } from '@kaipo/core/wire/rtp.js';
import {
  STUN_CLASSIC,
  STUN_CLASSIC_BARE,
  STUN_MODERN,
  stunInStreamAt,
  stunKind,
  turnChannelDataEnd,
} from '@kaipo/core/wire/stun.js';
import { ProductMemory } from './product-memory.js';
import { StunReader } from './stun-reader.js';

const TCP = 6;
const STREAM_BYTES = 28;

function probe(p: Probe): Verdict {
  return p.transport === TCP ? probeStream(p) : probeDatagram(p);
}

function probeStream(p: Probe): Verdict {
  if (stunInStreamAt(p.bytes, p.start, p.end) >= 0) return MATCH;
  return p.end - p.start < STREAM_BYTES && p.bytes[p.start]! < 0x40 ? UNSURE : NOT_MINE;
}

function probeDatagram(p: Probe): Verdict {
  const kind = stunKind(p.bytes, p.start, p.end, p.isCut);
  if (kind === STUN_MODERN || kind === STUN_CLASSIC) return MATCH;
  if (kind === STUN_CLASSIC_BARE) return probeBare(p);
  return probeChannelData(p);
}

/** The answer carries attributes and is sure by itself; the request is sure when it is repeated with the same random number. */
function probeBare(p: Probe): Verdict {
  const first = u32(p.bytes, p.start + 4);
  const last = u32(p.bytes, p.start + 16);
  if (first === last || first < 0x100 || last < 0x100) return NOT_MINE;
  if (p.memoA === first && p.memoB === last) return MATCH;
  p.memoA = first;
  p.memoB = last;
  return UNSURE;
}

/** What is inside is DTLS or STUN, or twice a stream of the same source in the same channel. */
function probeChannelData(p: Probe): Verdict {
  const { bytes, start } = p;
  const dataEnd = turnChannelDataEnd(bytes, start, p.end);
  const at = start + 4;
  if (dataEnd < 0 || dataEnd - at < 12) return NOT_MINE;
  if (isDtls(bytes, at) || stunKind(bytes, at, dataEnd, false) === STUN_MODERN) return MATCH;
  const isReport = rtcpIsWhole(bytes, at, dataEnd);
  if (!isReport && rtpHeaderBytes(bytes, at, dataEnd) < 0) return NOT_MINE;
  const source = u32(bytes, isReport ? at + 4 : at + 8) + 1;
  const channel = (bytes[start]! << 8) | bytes[start + 1]!;
  if (p.memoA === channel && p.memoB === source) return MATCH;
  p.memoA = channel;
  p.memoB = source;
  return UNSURE;
}

/** A record of handshake or data, DTLS 1.0 or 1.2, epoch 0 or 1. */
function isDtls(bytes: Uint8Array, at: number): boolean {
  const version = u32(bytes, at) >>> 8;
  const isVersion = version === 0x16feff || version === 0x16fefd || version === 0x17fefd || version === 0x17feff;
  return isVersion && bytes[at + 3] === 0 && bytes[at + 4]! <= 1;
}

const SPEC: ProtocolSpec = {
  name: 'stun',
  transports: ['udp', 'tcp'],
  ports: [3478, 3479, 3480, 3481, 5349, 19302, 19305],
  // Methods below 0x1000 and lengths before them; channels.
  firstBytes: Array.from({ length: 32 }, (_, i) => (i < 16 ? i : 0x30 + i)),
  // With the cookie, of the old kind, channels.
  datagram: [
    { minBytes: 20, at: 4, values: [0x21], and: [{ at: 5, values: [0x12] }] },
    { minBytes: 20, values: [0, 1], and: [{ at: 1, values: [1, 2, 3, 4, 5, 6, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16] }] },
    { minBytes: 16, values: Array.from({ length: 16 }, (_, i) => 0x40 + i) },
  ],
  probe,
};
const SHAPE = defineProtocol(
  'STUN and TURN, and the product of a call (Teams, Meet, WhatsApp, Telegram, Zoom …)',
  SPEC,
);

export const stunPlugin = definePlugin<PortsConfig>({
  ...SHAPE,
  register(registry, config) {
    const products = new ProductMemory();
    registry.protocol({
      ...SPEC,
      ...(config.ports === undefined ? {} : { ports: config.ports }),
      open: (flow) => new StunReader(flow, products),
    });
  },
});
