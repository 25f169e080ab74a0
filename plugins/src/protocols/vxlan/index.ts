// VXLAN (RFC 7348) and Geneve (RFC 8926), what the decoder leaves of them: frames without an IP packet inside. Owns: the recognition.
import {
  definePlugin,
  defineProtocol,
  MATCH,
  NOT_MINE,
  type PortsConfig,
  type Probe,
  type ProtocolSpec,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const HEADER_BYTES = 8;
const ETHERNET_BYTES = 14;
/** Only the flag that says the network number is there. */
const VXLAN_FLAGS = 0x08000000;
const MIN_ETHERTYPE = 0x0600;
const TRANSPARENT_ETHERNET = 0x6558;

/** Types of frames networks carry besides IP, and IP itself where the decoder found no packet. */
const TYPES = new Set([
  0x0800, 0x0806, 0x8035, 0x8100, 0x86dd, 0x8808, 0x8809, 0x8847, 0x8863, 0x8864, 0x888e, 0x88a8, 0x88cc, 0x8902,
  0x9000,
]);
/** Of IEEE 802.2: spanning tree, SNAP, IS-IS, NetBEUI, both ends alike. */
const isService = (byte: number): boolean => byte === 0x42 || byte === 0xaa || byte === 0xfe || byte === 0xf0;

/** An Ethernet frame: of one sender, with a known type, or a length that is there and a known service. */
function isFrame(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + ETHERNET_BYTES + 2 > end || (bytes[at + 6]! & 1) !== 0) return false;
  const type = u16(bytes, at + 12);
  if (type >= MIN_ETHERTYPE) return TYPES.has(type);
  const service = bytes[at + 14]!;
  return type > 2 && at + ETHERNET_BYTES + type <= end && service === bytes[at + 15] && isService(service);
}

/** Flags of 32 bits, a reserved byte, and a frame behind. */
function probeVxlan(p: Probe): Verdict {
  const { bytes, start } = p;
  if (p.end - start < HEADER_BYTES + ETHERNET_BYTES || u32(bytes, start) !== VXLAN_FLAGS || bytes[start + 7] !== 0)
    return NOT_MINE;
  return isFrame(bytes, start + HEADER_BYTES, p.end) ? MATCH : NOT_MINE;
}

/** Version 0, reserved bits zero, Ethernet inside, options that fit. */
function probeGeneve(p: Probe): Verdict {
  const { bytes, start } = p;
  if (p.end - start < HEADER_BYTES + ETHERNET_BYTES || (bytes[start]! & 0xc0) !== 0 || (bytes[start + 1]! & 0x3f) !== 0)
    return NOT_MINE;
  if (u16(bytes, start + 2) !== TRANSPARENT_ETHERNET || bytes[start + 7] !== 0) return NOT_MINE;
  return isFrame(bytes, start + HEADER_BYTES + (bytes[start]! & 0x3f) * 4, p.end) ? MATCH : NOT_MINE;
}

const VXLAN: ProtocolSpec = {
  name: 'vxlan',
  transports: ['udp'],
  ports: [4789, 8472],
  isPortBound: true,
  probe: probeVxlan,
};
const GENEVE: ProtocolSpec = {
  name: 'geneve',
  transports: ['udp'],
  ports: [6081],
  isPortBound: true,
  probe: probeGeneve,
};
const SHAPE = defineProtocol('Networks of virtual machines (VXLAN, Geneve)', VXLAN);

export const vxlanPlugin = definePlugin<PortsConfig>({
  ...SHAPE,
  register(registry, config) {
    SHAPE.register(registry, config);
    registry.protocol(GENEVE);
  },
});
