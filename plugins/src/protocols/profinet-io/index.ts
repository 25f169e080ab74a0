// PROFINET IO: the remote procedure calls that set up a connection (IEC 61158-6-10). Cyclic data has no IP. Owns: the DCE RPC header
// with the interfaces of PROFINET.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u32, u32le } from '@kaipo/core/wire/bytes.js';
import { beginsWith } from '@kaipo/core/wire/match.js';

const RPC_VERSION = 4;
const HEADER_LEN = 80;
/** The interface is DEA0000n-6C97-11D1-8271-00A02442DF7D, n 1 to 4: controller, device, supervisor, parameter server. */
const REST_BIG = Uint8Array.of(0x6c, 0x97, 0x11, 0xd1, 0x82, 0x71, 0x00, 0xa0, 0x24, 0x42, 0xdf, 0x7d);
const REST_LITTLE = Uint8Array.of(0x97, 0x6c, 0xd1, 0x11, 0x82, 0x71, 0x00, 0xa0, 0x24, 0x42, 0xdf, 0x7d);

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN || bytes[start] !== RPC_VERSION || bytes[start + 1]! > 10) return NOT_MINE;
  return isProfinet(bytes, start + 24, end) ? MATCH : NOT_MINE;
}

function isProfinet(bytes: Uint8Array, at: number, end: number): boolean {
  const isBig = beginsWith(bytes, at + 4, end, REST_BIG);
  if (!isBig && !beginsWith(bytes, at + 4, end, REST_LITTLE)) return false;
  const first = isBig ? u32(bytes, at) : u32le(bytes, at);
  return first >= 0xdea00000 && first <= 0xdea00004;
}

export const profinetIoPlugin = defineProtocol('PROFINET IO', {
  name: 'profinet-io',
  transports: ['udp'],
  ports: [34_962, 34_963, 34_964],
  firstBytes: [RPC_VERSION],
  probe,
});
