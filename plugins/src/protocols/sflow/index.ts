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

export const sflowPlugin = defineProtocol('Packet samples of switches (sFlow)', {
  name: 'sflow',
  transports: ['udp'],
  ports: [6343],
  firstBytes: [0],
  probe,
  open: (flow) => new SflowReader(flow),
});

const IPV4 = 1;
const IPV6 = 2;
const VERSION_5 = 5;
const MAX_SAMPLES = 256;

/** Version and kind of address leave no doubt; then few samples, of which the first is of a known form and ends inside. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 24) return NOT_MINE;
  const version = u32(bytes, start);
  const kind = u32(bytes, start + 4);
  if ((version !== 2 && version !== 4 && version !== VERSION_5) || (kind !== IPV4 && kind !== IPV6)) return NOT_MINE;
  const address = kind === IPV4 ? 4 : 16;
  const counts = start + 8 + address + (version === VERSION_5 ? 12 : 8);
  if (counts + 4 > end) return NOT_MINE;
  const samples = u32(bytes, counts);
  if (samples > MAX_SAMPLES || (samples > 0 && counts + 8 > end)) return NOT_MINE;
  return samples === 0 || u32(bytes, counts + 4) <= 5 || version === VERSION_5 ? MATCH : NOT_MINE;
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
