// FIX, the messages of exchanges and brokers. Owns: the fields every message begins with; reads who sends to whom. Bound: 512 bytes.
// "8=FIX.4.4", "9=length", fields are ended by 01.
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
import { asciiBytes, indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const BEGIN = asciiBytes('8=FIX');
const END_OF_FIELD = 1;
const MAX_VERSION_BYTES = 12;
const MAX_BYTES = 512;

export const fixPlugin = defineProtocol('FIX: sender and target of orders', {
  name: 'fix',
  transports: ['tcp'],
  firstBytes: [0x38],
  probe,
  open: (flow) => new FixReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const agreement = agreesWith(bytes, start, end, BEGIN);
  if (agreement !== MATCH) return agreement;
  const stop = indexOfByte(bytes, start, Math.min(end, start + MAX_VERSION_BYTES), END_OF_FIELD);
  if (stop < 0) return end - start < MAX_VERSION_BYTES ? UNSURE : NOT_MINE;
  if (stop + 2 >= end) return UNSURE;
  return bytes[stop + 1] === 0x39 && bytes[stop + 2] === 0x3d ? MATCH : NOT_MINE;
}

class FixReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    const fields = latin1Text(bytes, start, end, MAX_BYTES).split('\x01');
    const sender = fields.find((field) => field.startsWith('49='))?.slice(3);
    const target = fields.find((field) => field.startsWith('56='))?.slice(3);
    if (fields.length < 8 && end - start < MAX_BYTES) return 0;
    if (sender && target) this.#flow.setDetails({ subject: `${sender} to ${target}` });
    return DONE;
  }
}
