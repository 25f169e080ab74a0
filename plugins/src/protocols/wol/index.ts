// Wake-on-LAN: the magic packet, in any UDP datagram. Owns: naming the flow, and the device that is woken. Bound: one datagram.
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
import { macText } from '@kaipo/core/wire/address-text.js';
import { isAll } from '@kaipo/core/wire/exact.js';

export const wolPlugin = defineProtocol('Wake-on-LAN and the device that is woken', {
  name: 'wol',
  transports: ['udp'],
  ports: [9, 7, 40_000],
  firstBytes: [0xff],
  probe,
  open: (flow) => new MagicPacketReader(flow),
});

const SYNC_LEN = 6;
const MAC_LEN = 6;
const REPEATS = 16;
const MAGIC_LEN = SYNC_LEN + MAC_LEN * REPEATS;

/** Six bytes of ones, then one address sixteen times; the address of no device is not one. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < MAGIC_LEN || !isAll(bytes, start, start + SYNC_LEN, 0xff)) return NOT_MINE;
  const mac = start + SYNC_LEN;
  for (let at = mac + MAC_LEN; at < start + MAGIC_LEN; at++) if (bytes[at] !== bytes[at - MAC_LEN]) return NOT_MINE;
  return isAll(bytes, mac, mac + MAC_LEN, bytes[mac]!) ? NOT_MINE : MATCH;
}

class MagicPacketReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start >= MAGIC_LEN) this.#flow.setDetails({ subject: macText(bytes, start + SYNC_LEN) });
    return DONE;
  }
}
