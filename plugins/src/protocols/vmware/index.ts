// VMware hosts: the authentication daemon (TCP 902) and the heartbeat of a host to its manager (UDP 902).
// Owns: the daemon's greeting, which it reads, and the heartbeat's fixed shape. Bound: one line; two heartbeats.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  SKIP_SIDE,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, latin1Text } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';
import { agreesWith, lineStop, lineTextEnd } from '@kaipo/core/wire/text-lines.js';

const UDP = 17;
const MAX_LINE_BYTES = 512;
const PORT = 902;
const GREETING = asciiBytes('220 VMware Authentication Daemon');
const HEARTBEAT_BYTES = 66;
const HEARTBEAT = 0xa4;

export const vmwarePlugin = defineProtocol('VMware hosts: authentication daemon, heartbeats', {
  name: 'vmware',
  transports: ['tcp', 'udp'],
  ports: [PORT, 912],
  firstBytes: [0x32, HEARTBEAT],
  probe: (p) => (p.transport === UDP ? heartbeatVerdict(p) : agreesWith(p.bytes, p.start, p.end, GREETING)),
  open: (flow) => new VmwareReader(flow),
});

/** Nothing is published: 66 bytes that begin with a4. Two with the same four bytes at their beginning, but not the same. */
function heartbeatVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (!hasPort(p, PORT) || end - start !== HEARTBEAT_BYTES || bytes[start] !== HEARTBEAT) return NOT_MINE;
  const head = u32(bytes, start);
  if (bytes[start + 1] === HEARTBEAT) return NOT_MINE;
  if (p.memoA === 0) {
    p.memoA = head;
    return UNSURE;
  }
  return p.memoA === head ? MATCH : NOT_MINE;
}

class VmwareReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#flow.transport === UDP) return DONE;
    if (fromClient) return SKIP_SIDE;
    const stop = lineStop(bytes, start, end);
    if (stop < 0) return end - start > MAX_LINE_BYTES ? DONE : 0;
    this.#flow.setDetails({ serverSoftware: latin1Text(bytes, start + 4, lineTextEnd(bytes, start, stop)) });
    return DONE;
  }
}
