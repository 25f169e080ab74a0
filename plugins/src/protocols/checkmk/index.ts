// Checkmk agents. Owns: the section header an agent begins with; reads version and host name. Bound: 20 lines.
import { DONE, defineProtocol, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, latin1Text } from '@kaipo/core/wire/match.js';
import { agreesWith, takeLines } from '@kaipo/core/wire/text-lines.js';

const SECTION = asciiBytes('<<<check_mk');
const VERSION = asciiBytes('Version: ');
const HOST_NAME = asciiBytes('Hostname: ');
const MAX_LINES = 20;

export const checkmkPlugin = defineProtocol('Checkmk agents: version, host name', {
  name: 'checkmk',
  transports: ['tcp'],
  ports: [6556],
  firstBytes: [0x3c],
  probe: (p) => agreesWith(p.bytes, p.start, p.end, SECTION),
  open: (flow) => new CheckmkReader(flow),
});

class CheckmkReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #lines = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (fromClient) return SKIP_SIDE;
    return takeLines(this, bytes, start, end, fromClient);
  }

  line(bytes: Uint8Array, start: number, end: number): number {
    if (++this.#lines > MAX_LINES) return DONE;
    if (beginsWith(bytes, start, end, VERSION) && start + VERSION.length < end)
      this.#flow.setDetails({ serverSoftware: `Checkmk agent ${latin1Text(bytes, start + VERSION.length, end, 64)}` });
    if (!beginsWith(bytes, start, end, HOST_NAME) || start + HOST_NAME.length >= end) return 0;
    this.#flow.setDetails({ deviceName: latin1Text(bytes, start + HOST_NAME.length, end) });
    return DONE;
  }
}
