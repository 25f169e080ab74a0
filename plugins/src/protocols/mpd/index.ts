// Music Player Daemon (mpd protocol). Owns: the greeting of the server. Bound: one line.
import { DONE, defineProtocol, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { asciiBytes, latin1Text } from '@kaipo/core/wire/match.js';
import { agreesWith, lineStop, lineTextEnd } from '@kaipo/core/wire/text-lines.js';

const GREETING = asciiBytes('OK MPD ');
const MAX_LINE_BYTES = 64;

export const mpdPlugin = defineProtocol('Music Player Daemon: version of the server', {
  name: 'mpd',
  transports: ['tcp'],
  ports: [6600],
  firstBytes: [0x4f],
  probe: (p) => agreesWith(p.bytes, p.start, p.end, GREETING),
  open: (flow) => new MpdReader(flow),
});

class MpdReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (fromClient) return SKIP_SIDE;
    const stop = lineStop(bytes, start, end);
    if (stop < 0) return end - start > MAX_LINE_BYTES ? DONE : 0;
    const version = latin1Text(bytes, start + GREETING.length, lineTextEnd(bytes, start, stop));
    this.#flow.setDetails({ serverSoftware: `MPD ${version}` });
    return DONE;
  }
}
