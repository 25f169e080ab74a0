// Ubiquiti's device discovery (AirOS, UniFi), versions 1 and 2. Owns: naming the flow, and what the device says of itself.
// Bound: reads one datagram of each side.
import {
  DONE,
  defineProtocol,
  type FlowDetails,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isExactly } from '@kaipo/core/wire/exact.js';
import { utf8Text } from '@kaipo/core/wire/match.js';

export const ubntac2Plugin = defineProtocol('Ubiquiti devices finding each other: name, model, firmware', {
  name: 'ubntac2',
  transports: ['udp'],
  ports: [10001],
  isPortBound: true,
  firstBytes: [1, 2],
  probe,
  open: (flow) => new UbiquitiReader(flow),
});

const HEADER_LEN = 4;
/** The whole of a version 1 question. */
const QUESTION_1 = 0x01000000;
/** Question and answer of version 2. */
const QUESTION_2 = 0x02080000;
const QUESTION_2_OLD = 0x020a0000;
const HARDWARE_AND_ADDRESS = 0x02;
const HARDWARE = 0x01;
const FIRMWARE = 0x03;
const HOST_NAME = 0x0b;
const PLATFORM = 0x0c;
const MODEL = 0x14;
const MODEL_V2 = 0x15;

/** A question is four bytes; an answer has elements of type, length, value to its last byte, the addresses of fixed length. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start === HEADER_LEN) {
    const word = u32(bytes, start);
    return word === QUESTION_1 || word === QUESTION_2 || word === QUESTION_2_OLD ? MATCH : NOT_MINE;
  }
  if (end - start < HEADER_LEN + 6 || bytes[start + 1]! > 0x0b) return NOT_MINE;
  if (!isExactly(u16(bytes, start + 2) + HEADER_LEN, end - start, p.isCut)) return NOT_MINE;
  let at = start + HEADER_LEN;
  let addresses = 0;
  while (at + 3 <= end) {
    const type = bytes[at]!;
    const length = u16(bytes, at + 1);
    if (type === 0 || (type === HARDWARE && length !== 6) || (type === HARDWARE_AND_ADDRESS && length !== 10))
      return NOT_MINE;
    if (type === HARDWARE || type === HARDWARE_AND_ADDRESS) addresses += 1;
    at += 3 + length;
  }
  return addresses > 0 && (at === end || (p.isCut && at > end)) ? MATCH : NOT_MINE;
}

class UbiquitiReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start === HEADER_LEN) return HEADER_LEN; // a question: the answer is of interest
    let at = start + HEADER_LEN;
    while (at + 3 <= end) {
      const stop = at + 3 + u16(bytes, at + 1);
      if (stop > end) break;
      const details = detailOf(bytes[at]!, utf8Text(bytes, at + 3, stop));
      if (details !== undefined) this.#flow.setDetails(details);
      at = stop;
    }
    this.#flow.setDetails({ deviceVendor: 'Ubiquiti' });
    return DONE;
  }
}

function detailOf(type: number, text: string): FlowDetails | undefined {
  if (text === '') return undefined;
  if (type === HOST_NAME) return { deviceName: text };
  if (type === FIRMWARE) return { clientSoftware: text };
  return type === MODEL || type === MODEL_V2 || type === PLATFORM ? { subject: text } : undefined;
}
