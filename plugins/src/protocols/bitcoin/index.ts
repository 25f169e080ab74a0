// Bitcoin and coins made from it (Litecoin, Dogecoin, Dash …): magic of the network, a command padded with zeros, length.
// Owns: the header of 24 bytes. Bound: one look at it.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u32, u32le } from '@kaipo/core/wire/bytes.js';

const APPLICATION = 'Bitcoin';
const HEADER_BYTES = 24;
const COMMAND_AT = 4;
const COMMAND_BYTES = 12;
const LENGTH_AT = 16;
/** The longest message a node accepts. */
const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;
/** Bitcoin main, test 3 and 4, regression, signet; Litecoin, Dogecoin, Dash, Zcash, Bitcoin Cash. */
const NETWORKS = new Set([
  0xf9beb4d9, 0x0b110907, 0x1c163f28, 0xfabfb5da, 0x0a03cf40, 0xfbc0b6db, 0xc0c0c0c0, 0xbf0c6bbd, 0x24e92764,
  0xe3e1f3e8,
]);
const READER: FlowReader = { read: () => DONE };

export const bitcoinPlugin = defineProtocol('Bitcoin peers and its relatives', {
  name: 'bitcoin',
  transports: ['tcp'],
  ports: [8333, 18333, 18444, 9333, 22556, 9999],
  firstBytes: [...NETWORKS].map((network) => network >>> 24),
  probe,
  open: (flow) => {
    flow.setApplication(APPLICATION);
    return READER;
  },
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (!NETWORKS.has(u32(bytes, start))) return NOT_MINE;
  if (end - start < HEADER_BYTES) return UNSURE;
  return isCommand(bytes, start + COMMAND_AT) && u32le(bytes, start + LENGTH_AT) <= MAX_PAYLOAD_BYTES
    ? MATCH
    : NOT_MINE;
}

/** Small letters and digits, then zeros. */
function isCommand(bytes: Uint8Array, at: number): boolean {
  let length = 0;
  while (length < COMMAND_BYTES && isLetter(bytes[at + length]!)) length++;
  if (length < 3) return false;
  for (let i = length; i < COMMAND_BYTES; i++) if (bytes[at + i] !== 0) return false;
  return true;
}

const isLetter = (byte: number): boolean => (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
