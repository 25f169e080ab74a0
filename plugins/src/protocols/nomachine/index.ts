// NoMachine NX, a remote desktop: the version line before its TLS session, and its UDP packets. Owns: both shapes.
// Hands over behind the line. Bound: a line of 16 bytes; one datagram, six away from its ports.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  HAND_OVER,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16le } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, indexOfByte, isDigit, latin1Text } from '@kaipo/core/wire/match.js';
import { agreesWith, lineTextEnd } from '@kaipo/core/wire/text-lines.js';

const CLIENT = asciiBytes('NXSH-');
const SERVER = asciiBytes('NXD-');
const LINES = [CLIENT, SERVER];
const UDP = 17;
const MIN_DATAGRAM_BYTES = 10;
const FIRST_UDP_PORT = 4_011;
const LAST_UDP_PORT = 4_999;
const MAX_LINE_BYTES = 32;
/** Away from the ports, where every datagram proves its length and four fixed bytes again. */
const DATAGRAMS = 6;

export const noMachinePlugin = defineProtocol('NoMachine NX: versions of both sides', {
  name: 'nomachine',
  transports: ['tcp', 'udp'],
  ports: [4000, 4011],
  datagram: { minBytes: MIN_DATAGRAM_BYTES, at: 2, values: [1], and: [3, 8, 9].map((at) => ({ at, values: [0] })) },
  stream: { values: LINES.map((line) => line[0]!) },
  application: 'NoMachine',
  probe: (p) => (p.transport === UDP ? datagramVerdict(p) : streamVerdict(p)),
  open: (flow) => new NoMachineReader(flow),
});

function streamVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  for (const word of LINES) {
    const agreement = agreesWith(bytes, start, end, word);
    if (agreement === UNSURE) return UNSURE;
    if (agreement === NOT_MINE) continue;
    return start + word.length >= end ? UNSURE : isDigit(bytes[start + word.length]) ? MATCH : NOT_MINE;
  }
  return NOT_MINE;
}

/** Little endian: a number, 1, the length of the datagram, a number, 0. */
function datagramVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < MIN_DATAGRAM_BYTES || p.isCut || u16le(bytes, start + 4) !== end - start) return NOT_MINE;
  if (u16le(bytes, start + 2) !== 1 || u16le(bytes, start + 8) !== 0) return NOT_MINE;
  if (isUdpPort(p.serverPort) || isUdpPort(p.clientPort) || p.memoA + 1 >= DATAGRAMS) return MATCH;
  p.memoA += 1;
  return UNSURE;
}

const isUdpPort = (port: number): boolean => port >= FIRST_UDP_PORT && port <= LAST_UDP_PORT;

class NoMachineReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #sides = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#flow.transport === UDP) return DONE;
    if (this.#sides === 2) return HAND_OVER;
    const stop = indexOfByte(bytes, start, Math.min(end, start + MAX_LINE_BYTES), 10) + 1;
    if (stop === 0) return end - start > MAX_LINE_BYTES ? DONE : 0;
    this.#sides++;
    if (beginsWith(bytes, start, stop, fromClient ? CLIENT : SERVER)) {
      const text = latin1Text(bytes, start, lineTextEnd(bytes, start, stop));
      this.#flow.setDetails(fromClient ? { clientSoftware: text } : { serverSoftware: text });
    }
    return stop - start;
  }
}
