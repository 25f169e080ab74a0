// The rsync daemon protocol. Owns: the greeting both sides begin with; reads the module the client asks for. Bound: four lines.
import { DONE, defineProtocol, type FlowReader, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, latin1Text } from '@kaipo/core/wire/match.js';
import { agreesWith, takeLines } from '@kaipo/core/wire/text-lines.js';

const GREETING = asciiBytes('@RSYNCD: ');
const MAX_LINES = 4;

export const rsyncPlugin = defineProtocol('rsync daemons: version, module', {
  name: 'rsync',
  transports: ['tcp'],
  ports: [873],
  firstBytes: [0x40],
  probe: (p) => agreesWith(p.bytes, p.start, p.end, GREETING),
  open: (flow) => new RsyncReader(flow),
});

class RsyncReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #lines = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    return takeLines(this, bytes, start, end, fromClient);
  }

  line(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (++this.#lines > MAX_LINES || start === end) return DONE;
    if (beginsWith(bytes, start, end, GREETING)) {
      const software = `rsync protocol ${latin1Text(bytes, start + GREETING.length, end, 64)}`;
      this.#flow.setDetails(fromClient ? { clientSoftware: software } : { serverSoftware: software });
      return 0;
    }
    if (!fromClient) return 0;
    this.#flow.setDetails({ subject: latin1Text(bytes, start, end) });
    return DONE;
  }
}
