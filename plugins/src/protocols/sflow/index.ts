// sFlow versions 2, 4 and 5. Owns: naming the flow, and the device that samples. Bound: reads one datagram.
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
import { addressText } from '@kaipo/core/wire/address-text.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

const PORT = 6343;

export const sflowPlugin = defineProtocol('Packet samples of switches (sFlow)', {
  name: 'sflow',
  transports: ['udp'],
  ports: [PORT],
  firstBytes: [0],
  datagram: { minBytes: 24, at: 3, values: [2, 4, 5], and: [{ at: 7, values: [1, 2] }] },
  probe,
  open: (flow) => new SflowReader(flow),
});

const IPV4 = 1;
const IPV6 = 2;
const VERSION_5 = 5;
const MAX_SAMPLES = 256;
const MAX_SAMPLE_BYTES = 65_536;
const FLOW_SAMPLE = 1;
const COUNTER_SAMPLE = 2;

/** Version, an address that may be one, few samples; those of version 5 lead exactly to the end, older ones are of a known form. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 24) return NOT_MINE;
  const version = u32(bytes, start);
  const kind = u32(bytes, start + 4);
  if ((version !== 2 && version !== 4 && version !== VERSION_5) || (kind !== IPV4 && kind !== IPV6)) return NOT_MINE;
  if (bytes[start + 8] === 0) return NOT_MINE;
  const address = kind === IPV4 ? 4 : 16;
  const counts = start + 8 + address + (version === VERSION_5 ? 12 : 8);
  if (counts + 4 > end) return NOT_MINE;
  const samples = u32(bytes, counts);
  if (samples > MAX_SAMPLES || (samples > 0 && counts + 8 > end)) return NOT_MINE;
  if (version === VERSION_5) return samplesFit(p, counts + 4, samples) ? MATCH : NOT_MINE;
  // Older forms do not say how long their samples are: their port has to speak for them.
  if (p.serverPort !== PORT && p.clientPort !== PORT) return NOT_MINE;
  if (samples === 0) return counts + 4 === end ? MATCH : NOT_MINE;
  const form = u32(bytes, counts + 4);
  return form === FLOW_SAMPLE || form === COUNTER_SAMPLE ? MATCH : NOT_MINE;
}

/** Each sample: form, length, and so many bytes. */
function samplesFit(p: Probe, first: number, samples: number): boolean {
  let at = first;
  for (let i = 0; i < samples; i++) {
    if (at + 8 > p.end) return p.isCut;
    const length = u32(p.bytes, at + 4);
    if (length % 4 !== 0 || length > MAX_SAMPLE_BYTES) return false;
    at += 8 + length;
  }
  return at === p.end || (p.isCut && at > p.end);
}

class SflowReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number): number {
    const version = u32(bytes, start + 4) === IPV4 ? 4 : 6;
    this.#flow.setDetails({ subject: addressText(bytes, start + 8, version) });
    return DONE;
  }
}
