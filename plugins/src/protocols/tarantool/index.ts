// Tarantool: the greeting of its binary and text consoles (tarantool.io, "Binary protocol"). Owns: 128 bytes that begin with its name.
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
import { asciiBytes, beginsWith, indexOfByte, mayBegin, utf8Text } from '@kaipo/core/wire/match.js';

const GREETING = asciiBytes('Tarantool ');

function probe(p: Probe): Verdict {
  if (beginsWith(p.bytes, p.start, p.end, GREETING)) return MATCH;
  return mayBegin(p.bytes, p.start, p.end, GREETING) ? UNSURE : NOT_MINE;
}

class TarantoolReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (fromClient) return SKIP_SIDE;
    const space = indexOfByte(bytes, start + GREETING.length, Math.min(end, start + 64), 0x20);
    if (space < 0 && end - start < 64) return 0;
    if (space > 0) this.#flow.setDetails({ serverSoftware: utf8Text(bytes, start, space, 64) });
    return DONE;
  }
}

export const tarantoolPlugin = defineProtocol('Tarantool', {
  name: 'tarantool',
  transports: ['tcp'],
  ports: [3301],
  firstBytes: [0x54],
  probe,
  open: (flow) => new TarantoolReader(flow),
});
