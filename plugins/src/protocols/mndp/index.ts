// MikroTik neighbour discovery. Owns: naming the flow, and what a router says of itself. Bound: reads one datagram.
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
import { u16 } from '@kaipo/core/wire/bytes.js';
import { utf8Text } from '@kaipo/core/wire/match.js';

export const mndpPlugin = defineProtocol('MikroTik routers announcing themselves (MNDP)', {
  name: 'mndp',
  transports: ['udp'],
  ports: [5678],
  isPortBound: true,
  probe,
  open: (flow) => new MikrotikReader(flow),
});

const HEADER_LEN = 4;
const HARDWARE = 1;
const IDENTITY = 5;
const VERSION = 7;
const PLATFORM = 8;
const BOARD = 12;
const LAST_TYPE = 17;

/** After four bytes elements of two bytes of type and of length: first a hardware address of six bytes, then others to the end. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_LEN + 10 || u16(bytes, start + 4) !== HARDWARE || u16(bytes, start + 6) !== 6)
    return NOT_MINE;
  let at = start + HEADER_LEN;
  let elements = 0;
  while (at + 4 <= end) {
    const type = u16(bytes, at);
    if (type < 1 || type > LAST_TYPE) return NOT_MINE;
    at += 4 + u16(bytes, at + 2);
    elements += 1;
  }
  return elements > 1 && (at === end || (p.isCut && at > end)) ? MATCH : NOT_MINE;
}

class MikrotikReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    let vendor = 'MikroTik';
    let at = start + HEADER_LEN;
    while (at + 4 <= end) {
      const stop = at + 4 + u16(bytes, at + 2);
      if (stop > end) break;
      const type = u16(bytes, at);
      const text = type === HARDWARE ? '' : utf8Text(bytes, at + 4, stop);
      if (type === IDENTITY) this.#flow.setDetails({ deviceName: text });
      else if (type === VERSION) this.#flow.setDetails({ clientSoftware: `RouterOS ${text}` });
      else if (type === BOARD) this.#flow.setDetails({ subject: text });
      else if (type === PLATFORM && text !== '') vendor = text;
      at = stop;
    }
    this.#flow.setDetails({ deviceVendor: vendor });
    return DONE;
  }
}
