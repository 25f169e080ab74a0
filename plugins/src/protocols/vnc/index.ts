// VNC, the remote framebuffer protocol RFB (RFC 6143). Owns: the version line both sides begin with; reads it. Bound: 12 bytes.
// Every vendor keeps the shape: 003.008, Apple's 003.889, RealVNC's 005.000, the repeater's 000.000.
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
import { asciiBytes, isDigit, latin1Text } from '@kaipo/core/wire/match.js';

const SHAPE = asciiBytes('RFB 000.000\n');

export const vncPlugin = defineProtocol('VNC (RFB): versions of both sides', {
  name: 'vnc',
  transports: ['tcp'],
  ports: [5900, 5901, 5902, 5903, 5904, 5905, 5500, 5800],
  firstBytes: [0x52],
  probe,
  open: (flow) => new VncReader(flow),
});

function probe(p: Probe): Verdict {
  const length = Math.min(p.end - p.start, SHAPE.length);
  for (let i = 0; i < length; i++) {
    const byte = p.bytes[p.start + i]!;
    if (SHAPE[i] === 0x30 ? !isDigit(byte) : byte !== SHAPE[i]) return NOT_MINE;
  }
  return length === SHAPE.length ? MATCH : UNSURE;
}

class VncReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #sides = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (end - start < SHAPE.length) return 0;
    const version = latin1Text(bytes, start, start + SHAPE.length - 1);
    if (version.startsWith('RFB '))
      this.#flow.setDetails(fromClient ? { clientSoftware: version } : { serverSoftware: version });
    return ++this.#sides === 2 ? DONE : SKIP_SIDE;
  }
}
