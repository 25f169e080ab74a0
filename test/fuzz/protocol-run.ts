// One protocol shown bytes that may be anything, as the engine would show them. Owns: writing down everything it answers and says,
// so that two runs that differ only in what lies outside the bytes can be compared.
import {
  DONE,
  type FlowReader,
  HAND_OVER,
  MATCH,
  type ProtocolFlow,
  type ProtocolSpec,
  type ProtocolTransport,
} from '@kaipo/core/api/index.js';
import { ProbeView } from '@kaipo/core/engine/inspect/probe-view.js';
import { TRANSPORT_NUMBERS } from '@kaipo/core/engine/inspect/protocol-order.js';

export interface Chunk {
  readonly fromClient: boolean;
  readonly bytes: Uint8Array;
  /** Bytes of this side that are missing before it. */
  readonly missing: number;
}

const MARGIN = 40;
const DEFAULT_BUFFER_BYTES = 16_384;

/** What it answered and said, as text. `filler`: what every byte outside is. */
export function protocolRun(
  spec: ProtocolSpec,
  over: ProtocolTransport,
  opening: Uint8Array,
  chunks: readonly Chunk[],
  filler: number,
): string {
  const log: string[] = [];
  const probe = new ProbeView();
  const transport = TRANSPORT_NUMBERS[over];
  show(probe, opening, true, transport, spec, filler);
  const verdict = spec.probe(probe);
  log.push(`${verdict} ${probe.memoA} ${probe.memoB}`);
  for (const [index, { bytes, fromClient }] of chunks.entries()) {
    show(probe, bytes, fromClient, transport, spec, filler);
    probe.packets = index + 2;
    log.push(`${spec.probe(probe)} ${probe.memoA} ${probe.memoB}`);
  }
  if (verdict === MATCH && spec.open !== undefined) readAll(spec, opening, chunks, transport, filler, log);
  return log.join('\n');
}

function show(
  probe: ProbeView,
  bytes: Uint8Array,
  fromClient: boolean,
  transport: number,
  spec: ProtocolSpec,
  filler: number,
): void {
  const framed = new Uint8Array(bytes.length + 2 * MARGIN).fill(filler);
  framed.set(bytes, MARGIN);
  if (probe.end > probe.start) {
    probe.otherLength = Math.min(32, probe.end - probe.start);
    for (let i = 0; i < probe.otherLength; i++) probe.otherBytes[i] = probe.bytes[probe.start + i]!;
  }
  probe.bytes = framed;
  probe.start = MARGIN;
  probe.end = MARGIN + bytes.length;
  probe.transport = transport;
  probe.fromClient = fromClient;
  probe.clientPort = 40_000;
  probe.serverPort = spec.ports?.[0] ?? 40_001;
  probe.packets = 1;
  probe.addressBytes = ADDRESSES;
  probe.srcAddr = 0;
  probe.dstAddr = 4;
}

const ADDRESSES = Uint8Array.of(192, 0, 2, 10, 224, 0, 0, 251);

/** As Inspection does: what is not used is given again, what is used in advance is passed over. */
function readAll(
  spec: ProtocolSpec,
  opening: Uint8Array,
  chunks: readonly Chunk[],
  transport: number,
  filler: number,
  log: string[],
): void {
  const reader = spec.open!(flowFor(transport, spec, log));
  const sides = [new Side(), new Side()] as const;
  const isStream = transport === TRANSPORT_NUMBERS.tcp;
  for (const { fromClient, bytes, missing } of [{ fromClient: true, bytes: opening, missing: 0 }, ...chunks]) {
    const side = sides[fromClient ? 0 : 1];
    if (missing > 0 && isStream) {
      side.kept = new Uint8Array(0);
      if (!(reader.gap?.(fromClient, missing) ?? false)) break;
    }
    if (!side.take(reader, bytes, fromClient, isStream, spec.bufferBytes ?? DEFAULT_BUFFER_BYTES, filler, log)) break;
  }
  reader.end?.();
}

class Side {
  kept: Uint8Array = new Uint8Array(0);
  #skip = 0;

  /** @returns false when the reader is done with the flow. */
  take(
    reader: FlowReader,
    bytes: Uint8Array,
    fromClient: boolean,
    isStream: boolean,
    bufferBytes: number,
    filler: number,
    log: string[],
  ): boolean {
    const passed = Math.min(this.#skip, bytes.length);
    this.#skip -= passed;
    const length = this.kept.length + bytes.length - passed;
    if (length === 0) return true;
    const framed = new Uint8Array(length + 2 * MARGIN).fill(filler);
    framed.set(this.kept, MARGIN);
    framed.set(bytes.subarray(passed), MARGIN + this.kept.length);
    let at = MARGIN;
    const end = MARGIN + length;
    while (at < end) {
      const used = reader.read(framed, at, end, fromClient);
      log.push(`${fromClient ? 'c' : 's'} ${used}`);
      if (!Number.isInteger(used)) throw new Error(`read gave ${used}`);
      if (used === DONE || used === HAND_OVER) return false;
      if (used <= 0 || !isStream) break;
      at += used;
    }
    if (!isStream) return true;
    this.#skip = Math.max(0, at - end);
    this.kept = framed.slice(Math.min(at, end), end);
    return this.kept.length <= bufferBytes;
  }
}

/** Writes down what is said; texts are judged by whoever shows them. */
function flowFor(transport: number, spec: ProtocolSpec, log: string[]): ProtocolFlow {
  const say = (what: string, value: unknown): void => {
    log.push(`${what} ${JSON.stringify(value)}`);
  };
  return {
    clientIp: '192.0.2.10',
    serverIp: '192.0.2.20',
    clientPort: 40_000,
    serverPort: spec.ports?.[0] ?? 40_001,
    transport,
    tsUs: 1_767_225_600_000_000,
    rename: (name) => say('rename', name),
    setServerName: (name, evidence) => say('name', [name, evidence]),
    setApplication: (application) => say('application', application),
    setDetails: (details) => say('details', details),
    expect: (...what) => say('expect', what),
    write: (event) => say('event', event),
  };
}
