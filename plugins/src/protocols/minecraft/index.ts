// Minecraft: the handshake of a client: length, packet 0, version, address of the server, port, what comes next (wiki.vg/Protocol).
// Owns: that packet, walked to its end. Bound: one packet of at most 300 bytes.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16, u24 } from '@kaipo/core/wire/bytes.js';
import { isText, latin1Text } from '@kaipo/core/wire/match.js';

const MAX_ADDRESS_BYTES = 255;
/** Status, login, transfer. */
const LAST_STATE = 3;
const LEGACY_PING = 0xfe01fa;

export const minecraftPlugin = defineProtocol('Minecraft (Java edition)', {
  name: 'minecraft',
  transports: ['tcp'],
  ports: [25565],
  application: 'Minecraft',
  probe,
  open: (flow) => new MinecraftReader(flow),
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start >= 27 && u24(bytes, start) === LEGACY_PING && u16(bytes, start + 3) === 11) return MATCH;
  return addressAt(bytes, start, end) > 0 ? MATCH : NOT_MINE;
}

/** Where the length of the address is in a sound handshake, or -1. */
function addressAt(bytes: Uint8Array, start: number, end: number): number {
  // Lengths below 128 are one byte; an address is seldom longer than 100.
  const length = bytes[start]!;
  const packetEnd = start + 1 + length;
  if (length < 7 || length > 0x7f || packetEnd > end || bytes[start + 1] !== 0) return -1;
  let at = start + 2;
  // The version: up to five bytes of seven bits.
  while (at < packetEnd && bytes[at]! >= 0x80 && at < start + 7) at++;
  at++;
  const addressLength = bytes[at]!;
  if (addressLength === 0 || addressLength > MAX_ADDRESS_BYTES || at + 1 + addressLength + 3 !== packetEnd) return -1;
  if (!isText(bytes, at + 1, at + Math.min(5, addressLength)) || !isName(bytes, at + 1, addressLength)) return -1;
  const state = bytes[packetEnd - 1]!;
  return state >= 1 && state <= LAST_STATE ? at : -1;
}

/** Letters, digits, dots, dashes; modded clients add a zero and their name. */
function isName(bytes: Uint8Array, start: number, length: number): boolean {
  let letters = 0;
  for (let i = 0; i < length && bytes[start + i] !== 0; i++, letters++) {
    const byte = bytes[start + i]!;
    const isLetter = (byte >= 0x30 && byte <= 0x3a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
    if (!isLetter && byte !== 0x2d && byte !== 0x2e && byte !== 0x5f) return false;
  }
  return letters >= 3;
}

class MinecraftReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    const at = addressAt(bytes, start, end);
    if (at > 0) this.#flow.setServerName(latin1Text(bytes, at + 1, at + 1 + bytes[at]!).split('\0')[0]!, 'host');
    return DONE;
  }
}
