// NFS, mount and portmap in ONC RPC; other RPC programs as sunrpc. Owns: which calls and replies are certain enough.
// Messages are core/wire/sun-rpc.ts. A reply has few fixed bits: it counts where its number is that of a call, or on NFS's ports.
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
import { u32 } from '@kaipo/core/wire/bytes.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';
import {
  RPC_CALL,
  RPC_CUT,
  RPC_MARK_BYTES,
  RPC_MOUNT,
  RPC_NFS,
  RPC_PORTMAP,
  RPC_REPLY,
  readRpc,
  rpcProgram,
  rpcRecordBytes,
} from '@kaipo/core/wire/sun-rpc.js';

const TCP = 6;
const NFS_PORT = 2_049;
const PORTMAP_PORT = 111;

export const nfsPlugin = defineProtocol('NFS, mount, portmap and other programs of ONC RPC', {
  name: 'nfs',
  transports: ['tcp', 'udp'],
  ports: [NFS_PORT, PORTMAP_PORT],
  // Question or answer.
  datagram: { at: 7, values: [0, 1], and: [4, 5, 6].map((at) => ({ at, values: [0] })) },
  // The last part of a record.
  stream: { values: Array.from({ length: 0x80 }, (_, i) => 0x80 + i) },
  probe: (p) => (p.transport === TCP ? streamVerdict(p) : datagramVerdict(p)),
  open: (flow) => new RpcReader(flow),
});

function datagramVerdict(p: Probe): Verdict {
  const kind = readRpc(p.bytes, p.start, p.end);
  if (kind === RPC_CALL) return MATCH;
  return kind === RPC_REPLY ? replyVerdict(p, p.start, 0) : NOT_MINE;
}

function streamVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if ((bytes[start]! & 0x80) === 0) return NOT_MINE;
  if (end - start < RPC_MARK_BYTES) return UNSURE;
  if (rpcRecordBytes(bytes, start) < 0) return NOT_MINE;
  const kind = readRpc(bytes, start + RPC_MARK_BYTES, end);
  if (kind === RPC_CUT) return UNSURE;
  if (kind === RPC_CALL) return MATCH;
  return kind === RPC_REPLY ? replyVerdict(p, start + RPC_MARK_BYTES, RPC_MARK_BYTES) : NOT_MINE;
}

function replyVerdict(p: Probe, at: number, numberAt: number): Verdict {
  const number = u32(p.bytes, at);
  if (number === 0) return NOT_MINE;
  if (p.otherLength >= numberAt + 12 && u32(p.otherBytes, numberAt) === number && u32(p.otherBytes, numberAt + 8) === 2)
    return MATCH;
  // Numbers are counted up from a random one; small ones and refusals are too much like any header.
  const isPlain = number >= 0x100_0000 && u32(p.bytes, at + 8) === 0;
  return isPlain && (hasPort(p, NFS_PORT) || hasPort(p, PORTMAP_PORT)) ? MATCH : NOT_MINE;
}

class RpcReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    const at = this.#flow.transport === TCP ? start + RPC_MARK_BYTES : start;
    const kind = readRpc(bytes, at, end);
    if (kind === RPC_CUT) return 0;
    const program = kind === RPC_CALL ? rpcProgram(bytes, at) : 0;
    if (program === 0) {
      if (hasPort(this.#flow, PORTMAP_PORT)) this.#flow.rename('portmap');
    } else if (program !== RPC_NFS)
      this.#flow.rename(program === RPC_MOUNT ? 'mount' : program === RPC_PORTMAP ? 'portmap' : 'sunrpc');
    return DONE;
  }
}
