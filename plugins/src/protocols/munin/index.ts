// Munin nodes. Owns: the greeting of a node; reads its name. Bound: one line.
import { DONE, defineProtocol, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { asciiBytes, latin1Text } from '@kaipo/core/wire/match.js';
import { agreesWith, lineStop, lineTextEnd } from '@kaipo/core/wire/text-lines.js';

const GREETING = asciiBytes('# munin node at ');
const MAX_LINE_BYTES = 512;

export const muninPlugin = defineProtocol('Munin nodes: name of the node', {
  name: 'munin',
  transports: ['tcp'],
  ports: [4949],
  firstBytes: [0x23],
  probe: (p) => agreesWith(p.bytes, p.start, p.end, GREETING),
  open: (flow) => new MuninReader(flow),
});

class MuninReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (fromClient) return SKIP_SIDE;
    const stop = lineStop(bytes, start, end);
    if (stop < 0) return end - start > MAX_LINE_BYTES ? DONE : 0;
    const name = latin1Text(bytes, start + GREETING.length, lineTextEnd(bytes, start, stop));
    if (name !== '') this.#flow.setDetails({ deviceName: name });
    return DONE;
  }
}
