// RakNet: messages before a connection carry sixteen constant bytes. The answer of a Minecraft server begins with MCPE.
// Owns: these. Bound: the first 64 bytes.
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
import { asciiBytes, indexOfBytes, utf8Text } from '@kaipo/core/wire/match.js';

const MAGIC = Uint8Array.of(0, 0xff, 0xff, 0, 0xfe, 0xfe, 0xfe, 0xfe, 0xfd, 0xfd, 0xfd, 0xfd, 0x12, 0x34, 0x56, 0x78);
const MAX_LOOK_BYTES = 64;
const MAX_READ_PACKETS = 8;
const MINECRAFT = asciiBytes('MCPE;');

export const raknetPlugin = defineProtocol('RakNet: Minecraft Bedrock, Roblox and other games', {
  name: 'raknet',
  transports: ['udp'],
  ports: [19132, 19133],
  datagram: { minBytes: MAGIC.length + 1 },
  probe,
  open: (flow) => new RakNetReader(flow),
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start < MAGIC.length + 1) return NOT_MINE;
  const stop = Math.min(end, start + MAX_LOOK_BYTES);
  return hasFourAlike(bytes, start, stop) && indexOfBytes(bytes, start, stop, MAGIC) >= 0 ? MATCH : NOT_MINE;
}

/** Four bytes of the magic are the same: one of them is at every fourth. */
function hasFourAlike(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 4) if (bytes[at] === MAGIC[4]) return true;
  return false;
}

class RakNetReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #packets = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    const at = indexOfBytes(bytes, start, Math.min(end, start + MAX_LOOK_BYTES), MINECRAFT);
    if (at >= 0) {
      this.#flow.setApplication('Minecraft');
      this.#flow.setDetails({ serverSoftware: utf8Text(bytes, at, end, 128) });
      return DONE;
    }
    return ++this.#packets >= MAX_READ_PACKETS ? DONE : 0;
  }
}
