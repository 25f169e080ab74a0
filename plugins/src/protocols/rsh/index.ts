// The remote shells of BSD: rexec (512), rlogin (513, RFC 1282), rsh (514). Owns: the strings a client begins with.
// Reads the user on the other machine, never a password or a command. Bound: 512 bytes; only these ports are looked at, for syslog
// and others use 514 too.
import {
  DONE,
  defineProtocols,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type ProtocolSpec,
  SKIP_SIDE,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { indexOfByte, isDigit, isText, latin1Text } from '@kaipo/core/wire/match.js';

const MAX_BYTES = 512;
const MAX_PORT_DIGITS = 5;

interface ShellShape {
  readonly name: string;
  readonly port: number;
  /** Does a port for the error stream stand before the strings? */
  readonly hasErrorPort: boolean;
  /** Which of the strings, from 0, is the user of the server. */
  readonly userAt: number;
}

const SHELLS: readonly ShellShape[] = [
  { name: 'rsh', port: 514, hasErrorPort: true, userAt: 1 },
  { name: 'rlogin', port: 513, hasErrorPort: false, userAt: 1 },
  { name: 'rexec', port: 512, hasErrorPort: true, userAt: 0 },
];

export const rshPlugin = defineProtocols('rsh', 'Remote shells of BSD: rsh, rlogin, rexec', SHELLS.map(specOf));

function specOf(shape: ShellShape): ProtocolSpec {
  return {
    name: shape.name,
    transports: ['tcp'],
    ports: [shape.port],
    isPortBound: true,
    probe: (p) => verdictOf(p, shape),
    open: (flow) => new ShellReader(flow, shape),
  };
}

/** [port] NUL, then three strings, each ended by NUL, and nothing behind them. */
function verdictOf(p: Probe, shape: ShellShape): Verdict {
  const { bytes, start, end } = p;
  if (!p.fromClient || end - start > MAX_BYTES) return NOT_MINE;
  const strings = stringsAt(bytes, start, end, shape.hasErrorPort);
  if (strings < 0) return end - start <= MAX_PORT_DIGITS && strings === PORT_ONLY ? UNSURE : NOT_MINE;
  let at = strings;
  let letters = 0;
  for (let i = 0; i < 3; i++) {
    const stop = indexOfByte(bytes, at, end, 0);
    if (!isText(bytes, at, stop < 0 ? end : stop)) return NOT_MINE;
    if (stop < 0) return UNSURE;
    letters += stop - at;
    // An empty name would let a run of zeros pass.
    if (i === shape.userAt && stop === at) return NOT_MINE;
    at = stop + 1;
  }
  if (at !== end || letters < 4) return NOT_MINE;
  return shape.hasErrorPort || indexOfByte(bytes, strings, end, 0x2f) > 0 ? MATCH : NOT_MINE;
}

const PORT_ONLY = -2;

/** Where the strings begin; -1: nothing of this shape, -2: digits so far. */
function stringsAt(bytes: Uint8Array, start: number, end: number, hasErrorPort: boolean): number {
  let at = start;
  if (hasErrorPort) {
    while (at < end && isDigit(bytes[at])) at++;
    if (at - start > MAX_PORT_DIGITS) return -1;
    if (at === end) return PORT_ONLY;
  }
  return bytes[at] === 0 ? at + 1 : -1;
}

class ShellReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  readonly #shape: ShellShape;

  constructor(flow: ProtocolFlow, shape: ShellShape) {
    this.#flow = flow;
    this.#shape = shape;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    let at = stringsAt(bytes, start, end, this.#shape.hasErrorPort);
    for (let i = 0; at >= 0 && at < end; i++) {
      const stop = indexOfByte(bytes, at, end, 0);
      if (stop < 0) break;
      if (i === this.#shape.userAt) this.#flow.setDetails({ userName: latin1Text(bytes, at, stop, 64) });
      at = stop + 1;
    }
    return DONE;
  }
}
