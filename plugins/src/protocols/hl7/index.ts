// HL7 version 2, messages of hospitals, in the minimal lower layer protocol. Owns: the header segment; reads who sends to whom.
// Bound: 256 bytes of the header.
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
import { asciiBytes, latin1Text } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const BLOCK = 0x0b;
const HEADER = asciiBytes('MSH|^~\\&');
const MAX_HEADER_BYTES = 256;

export const hl7Plugin = defineProtocol('HL7 version 2: applications of both sides', {
  name: 'hl7',
  transports: ['tcp'],
  ports: [2575],
  firstBytes: [BLOCK, 0x4d],
  probe,
  open: (flow) => new Hl7Reader(flow),
});

function probe(p: Probe): Verdict {
  const at = p.bytes[p.start] === BLOCK ? p.start + 1 : p.start;
  const agreement = agreesWith(p.bytes, at, p.end, HEADER);
  return agreement === MATCH ? MATCH : p.end - at < HEADER.length ? agreement : NOT_MINE;
}

class Hl7Reader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  /** MSH|^~\&|sending application|sending facility|receiving application|receiving facility|… */
  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    const text = latin1Text(bytes, start, end, MAX_HEADER_BYTES);
    const fields = text.split('\r', 1)[0]!.split('|');
    if (fields.length < 6) return end - start > MAX_HEADER_BYTES ? DONE : 0;
    const [sender, receiver] = fromClient ? [fields[2], fields[4]] : [fields[4], fields[2]];
    if (sender) this.#flow.setDetails({ clientSoftware: sender });
    if (receiver) this.#flow.setDetails({ serverSoftware: receiver });
    return DONE;
  }
}
