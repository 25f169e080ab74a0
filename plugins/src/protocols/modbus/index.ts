// Modbus over TCP and UDP, and Schneider's UMAS, which is its function 0x5a. Owns: requests and answers whose lengths fit.
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
import { u16 } from '@kaipo/core/wire/bytes.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';
import { MODBUS_UMAS, modbusFunction, modbusLength } from '@kaipo/core/wire/modbus.js';

const UDP = 17;
/** Functions 1 to 4 read. */
const LAST_READ = 4;
const QUESTION_BYTES = 6;
const PORTS: readonly number[] = [502, 503, 802];

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const chain = followChain(bytes, start, end, modbusLength);
  if (chain === BROKEN) return NOT_MINE;
  if (!endsExactly(chain)) return p.transport === UDP ? NOT_MINE : wholeMessages(chain) >= 2 ? MATCH : UNSURE;
  // Protocol 0, a length that fits, a function that fits its length: away from its ports that is little, wait for the next.
  if (wholeMessages(chain) >= 2) return MATCH;
  if (
    p.otherLength >= 8 &&
    u16(p.otherBytes, 0) === u16(bytes, start) &&
    modbusLength(p.otherBytes, 0, p.otherLength) > 0 &&
    isPair(p)
  )
    return MATCH;
  return end - start >= 10 && (PORTS.includes(p.serverPort) || PORTS.includes(p.clientPort)) ? MATCH : UNSURE;
}

/** Question and answer are of one unit and function; who reads asks with twelve bytes and is answered with others. */
function isPair(p: Probe): boolean {
  const { bytes, start, otherBytes } = p;
  const code = modbusFunction(bytes, start) & 0x7f;
  if (otherBytes[6] !== bytes[start + 6] || (modbusFunction(otherBytes, 0) & 0x7f) !== code) return false;
  return (
    code > LAST_READ ||
    bytes[start + 5] !== otherBytes[5] ||
    bytes[start + 5] !== QUESTION_BYTES ||
    bytes[start + 8] === 3
  );
}

/** UMAS is told by its first request; every other function stays modbus. */
class ModbusReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, _fromClient: boolean): number {
    if (end - start < 8) return 0;
    if (modbusFunction(bytes, start) === MODBUS_UMAS) this.#flow.rename('umas');
    return DONE;
  }
}

export const modbusPlugin = defineProtocol('Modbus over TCP and UDP, and UMAS', {
  name: 'modbus',
  transports: ['tcp', 'udp'],
  ports: PORTS,
  datagram: {
    minBytes: 8,
    at: 2,
    values: [0],
    and: [
      { at: 3, values: [0] },
      { at: 4, values: [0, 1] },
    ],
  },
  probe,
  open: (flow) => new ModbusReader(flow),
});
