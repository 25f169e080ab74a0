// Community ID v1 (github.com/corelight/community-id-spec), seed 0: the same flow has the same name in Zeek, Suricata and kaipo.
import { hash } from 'node:crypto';

const scratch = Buffer.alloc(2 + 16 + 16 + 2 + 4);
/** By length of the text that is hashed: 16 bytes for IPv4, 40 for IPv6. */
const short = scratch.subarray(0, 16);

/** `addressA`, `addressB`: 4 or 16 bytes in network order; ports of TCP, UDP or SCTP. Either order of ends gives the same text. */
export function communityId(
  addressA: Uint8Array,
  portA: number,
  addressB: Uint8Array,
  portB: number,
  protocol: number,
): string {
  const order = compare(addressA, addressB) || portA - portB;
  const isAscending = order <= 0;
  const low = isAscending ? addressA : addressB;
  const high = isAscending ? addressB : addressA;
  scratch[0] = 0;
  scratch[1] = 0;
  scratch.set(low, 2);
  scratch.set(high, 2 + low.length);
  const at = 2 + low.length * 2;
  scratch[at] = protocol;
  scratch[at + 1] = 0;
  scratch.writeUInt16BE(isAscending ? portA : portB, at + 2);
  scratch.writeUInt16BE(isAscending ? portB : portA, at + 4);
  return `1:${hash('sha1', low.length === 4 ? short : scratch, 'base64')}`;
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
