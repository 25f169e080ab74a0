// Syslog (RFC 3164, RFC 5424) over UDP and TCP (RFC 6587). Owns: naming the flow, the host and the program of its first message.
// Must not know what is logged. The shapes are in `syslog-header.ts`. Bound: reads one message.
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
import { latin1Text } from '@kaipo/core/wire/match.js';
import { isSyslogBody, messageAt, priorityEnd, readHeader, type SyslogHeader } from './syslog-header.js';

export const syslogPlugin = defineProtocol('Syslog: which host and program logs', {
  name: 'syslog',
  transports: ['udp', 'tcp'],
  ports: [514, 601],
  firstBytes: [0x3c, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39],
  probe,
  open: (flow) => new SyslogReader(flow),
});

const TCP = 6;
const ENOUGH = 48;
const MAX_HEADER = 256;
const NOBODY: SyslogHeader = {};

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const isStream = p.transport === TCP;
  const message = messageAt(bytes, start, end, isStream);
  const isMore = isStream && end - start < ENOUGH;
  if (message < 0) return isMore && end - start < 8 ? UNSURE : NOT_MINE;
  const body = priorityEnd(bytes, message, end);
  if (body < 0) return isMore && end - message < 6 ? UNSURE : NOT_MINE;
  if (isSyslogBody(bytes, body, end)) return MATCH;
  return isMore ? UNSURE : NOT_MINE;
}

class SyslogReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    const isStream = this.#flow.transport === TCP;
    const message = messageAt(bytes, start, end, isStream);
    const body = message < 0 ? -1 : priorityEnd(bytes, message, end);
    const { host, program } = body < 0 ? NOBODY : readHeader(latin1Text(bytes, body, end, MAX_HEADER));
    if (host === undefined && program === undefined) return isStream && end - start < MAX_HEADER ? 0 : DONE;
    this.#flow.setDetails({
      ...(host !== undefined && { deviceName: host }),
      ...(program !== undefined && { clientSoftware: program }),
    });
    return DONE;
  }
}
