// Community ID v1 (github.com/corelight/community-id-spec), seed 0: the same flow has the same name in Zeek, Suricata and kaipo.
import { createHash } from 'node:crypto';

const scratch = Buffer.alloc(2 + 16 + 16 + 2 + 4);

/** `addressA`, `addressB`: 4 or 16 bytes in network order; ports of TCP, UDP or SCTP. Either order of ends gives the same text. */
export function communityId(
  addressA: Uint8Array,
  portA: number,
  addressB: Uint8Array,
  portB: number,
  protocol: number,
): string {
  const order = Buffer.compare(addressA, addressB) || portA - portB;
  const [low, lowPort, high, highPort] =
    order <= 0 ? [addressA, portA, addressB, portB] : [addressB, portB, addressA, portA];
  scratch.writeUInt16BE(0, 0);
  scratch.set(low, 2);
  scratch.set(high, 2 + low.length);
  let at = 2 + low.length * 2;
  scratch[at++] = protocol;
  scratch[at++] = 0;
  at = scratch.writeUInt16BE(lowPort, at);
  at = scratch.writeUInt16BE(highPort, at);
  return `1:${createHash('sha1').update(scratch.subarray(0, at)).digest('base64')}`;
}
