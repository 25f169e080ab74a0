// Community ID v1 (github.com/corelight/community-id-spec), seed 0: the same flow has the same name in Zeek, Suricata and kaipo.
// Made from the key of the flow, whose side A is the lower end, as the specification wants it.
import { type FlowColumns, flowAddressWord, KEY_PORTS, KEY_WORDS, SIDE_A, SIDE_B } from '../flow/flow-columns.js';
import { flowIpVersion, flowProtocolNumber } from '../flow/flow-text.js';
import { sha1Block } from '../wire/sha1-block.js';

/** "1:", 27 signs for the 160 bits of the sum, "=". */
export const COMMUNITY_ID_LENGTH = 30;
const VERSION = Buffer.from('1:');
const PADDING = 0x3d;
const SIGNS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const SIGN_BITS = 6;
const SUM_SIGNS = 27;

/** Seed (16 bits), lower address, upper address, protocol, 0, lower end's port, upper end's port. */
const text = new Int32Array(10);
/** One word more than the sum has: the last sign has bits behind it. */
const sum = new Int32Array(6);
const scratch = Buffer.alloc(COMMUNITY_ID_LENGTH);

/** Of a flow with ports, as ASCII at `at` of `into`: COMMUNITY_ID_LENGTH bytes. */
export function writeCommunityId(columns: FlowColumns, flow: number, into: Uint8Array, at: number): void {
  const words = flowIpVersion(columns, flow) === 4 ? 1 : 4;
  let before = 0;
  let filled = 0;
  for (let side = SIDE_A; side <= SIDE_B; side++) {
    for (let word = 0; word < words; word++) {
      const bits = flowAddressWord(columns, flow, side, word);
      text[filled++] = (before << 16) | (bits >>> 16);
      before = bits;
    }
  }
  text[filled++] = (before << 16) | (flowProtocolNumber(columns, flow) << 8);
  text[filled++] = columns.key[flow * KEY_WORDS + KEY_PORTS]! | 0;
  sha1Block(text, filled, sum);
  writeSum(into, at);
}

export function communityId(columns: FlowColumns, flow: number): string {
  writeCommunityId(columns, flow, scratch, 0);
  return scratch.toString('latin1');
}

/** Base64 (RFC 4648 section 4). */
function writeSum(into: Uint8Array, at: number): void {
  into[at] = VERSION[0]!;
  into[at + 1] = VERSION[1]!;
  for (let sign = 0; sign < SUM_SIGNS; sign++) {
    const bit = sign * SIGN_BITS;
    const word = bit >> 5;
    const behind = 32 - SIGN_BITS - (bit & 31);
    const bits = behind >= 0 ? sum[word]! >>> behind : (sum[word]! << -behind) | (sum[word + 1]! >>> (32 + behind));
    into[at + 2 + sign] = SIGNS[bits & 63]!;
  }
  into[at + 2 + SUM_SIGNS] = PADDING;
}
