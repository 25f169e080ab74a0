// The role every protocol, application and anomaly plugin plays. Owns: what an analyzer may ask for and is given.
import type { FrameBatch } from '../frame/frame-batch.js';
import type { EventKind, EventWriter, KaipoEvent, ProtocolEvidence, ServerNameEvidence } from './events.js';

/** Which packets an analyzer wants. The engine selects them once a batch; nobody else pays for them. */
export interface Interest {
  readonly transport: 'tcp' | 'udp' | 'any';
  /**
   * `flow-start`: the one packet that made each flow. `payload`: packets with transport payload.
   * `none`: no packets at all, only events and ticks.
   */
  readonly packets: 'flow-start' | 'payload' | 'none';
  /** Only packets with one of these ports on either side. Absent: every port. */
  readonly ports?: readonly number[];
  readonly events?: readonly EventKind[];
}

/** Row numbers of the packets selected for one analyzer. Valid until the call returns. */
export interface RowList {
  readonly rows: Uint32Array;
  readonly length: number;
}

/** What an analyzer may read from and say about flows. Flow numbers come from `batch.flowId`; NO_FLOW is never in a RowList. */
export interface FlowNotes {
  /** Registers a protocol name once, at start-up: lower case, at most 32 characters. */
  protocolId(name: string): number;
  /** Names the protocol of a flow. Payload evidence replaces port evidence; otherwise the first word stands. */
  setProtocol(flowId: number, protocolId: number, evidence: ProtocolEvidence): void;
  /** Is the protocol of this flow already known from its payload? */
  hasPayloadProtocol(flowId: number): boolean;
  setServerName(flowId: number, name: string, evidence: ServerNameEvidence): void;
  setApplication(flowId: number, application: string): void;
  /** Did this row's sender open the flow (SYN; else the first packet seen, unless its source port is the well-known one)? */
  isFromClient(batch: FrameBatch, row: number): boolean;
}

/** Synchronous and bounded. `batch` and its bytes are valid only until the call returns: copy, as safe text, what you keep. */
export interface Analyzer {
  readonly name: string;
  readonly interest: Interest;
  onPackets?(batch: FrameBatch, selected: RowList, flows: FlowNotes, out: EventWriter): void;
  onEvents?(events: readonly KaipoEvent[], out: EventWriter): void;
  onTick?(nowUs: number, out: EventWriter): void;
}
