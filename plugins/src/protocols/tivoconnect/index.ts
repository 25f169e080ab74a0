// TiVoConnect: how TiVo boxes and their servers announce themselves (TiVo Connect Automatic Machine Discovery Protocol 1.5).
// Owns: the first line of an announcement and the machine's name. Bound: one announcement.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfByte, indexOfBytes, mayBegin, utf8Text } from '@kaipo/core/wire/match.js';

const MACHINE = asciiBytes('Machine=');
/** Over TCP a length of four bytes comes first. */
const LENGTH_BYTES = 4;

const FIRST = asciiBytes('TiVoConnect=');

export const tivoconnectPlugin = defineProtocol('Announcements of TiVo boxes and servers', {
  name: 'tivoconnect',
  transports: ['udp', 'tcp'],
  ports: [2190],
  datagram: { values: [FIRST[0]!] },
  // Behind a length, or without one.
  stream: { at: LENGTH_BYTES, values: [FIRST[0]!, FIRST[LENGTH_BYTES]!] },
  probe,
  open: (flow) => new TivoReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  // The length before it is less than 64 KiB.
  const hasLength = p.transport === 6 && bytes[start] === 0;
  if (hasLength && end - start > 1 && bytes[start + 1] !== 0) return NOT_MINE;
  const at = hasLength ? start + LENGTH_BYTES : start;
  if (at >= end) return UNSURE;
  if (!mayBegin(bytes, at, end, FIRST)) return NOT_MINE;
  return end - at >= FIRST.length ? MATCH : p.transport === 6 ? UNSURE : NOT_MINE;
}

class TivoReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    const machine = indexOfBytes(bytes, start, end, MACHINE);
    const nameAt = machine + MACHINE.length;
    const nameEnd = machine < 0 ? -1 : indexOfByte(bytes, nameAt, end, 0x0a);
    if (nameEnd < 0 && end - start < 2_048 && this.#flow.transport === 6) return 0;
    if (nameEnd > nameAt) this.#flow.setDetails({ deviceName: utf8Text(bytes, nameAt, nameEnd) });
    return DONE;
  }
}
