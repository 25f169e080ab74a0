// Readers of the flows that are being read, and every call into them. Owns: which reader has which flow; one that throws is a strike
// and loses its flow. Bound: one a flow of the flow table.
/** @hot */
import { DONE, type FlowReader, type ProtocolFlow } from '../../api/protocol.js';
import type { FlowRows } from '../../flow/flow-columns.js';
import type { InspectionColumns } from './inspection-columns.js';
import type { ProtocolSet } from './protocol-set.js';

export class Readers {
  readonly #columns: InspectionColumns;
  readonly #protocols: ProtocolSet;
  readonly #flows: FlowRows;
  readonly #handleOf: (flow: number) => ProtocolFlow;
  /** By seat; grows to the highest seat used. */
  readonly #readers: (FlowReader | undefined)[] = [];

  constructor(
    columns: InspectionColumns,
    protocols: ProtocolSet,
    flows: FlowRows,
    handleOf: (flow: number) => ProtocolFlow,
  ) {
    this.#columns = columns;
    this.#protocols = protocols;
    this.#flows = flows;
    this.#handleOf = handleOf;
  }

  /** @returns false when there is no reader: it threw. */
  open(seat: number, id: number): boolean {
    this.#columns.protocol[seat] = id;
    try {
      const reader = this.#protocols.specs[id]!.open?.(this.#handleOf(this.#columns.flowOf[seat]!));
      while (this.#readers.length <= seat) this.#readers.push(undefined);
      this.#readers[seat] = reader;
      return reader !== undefined;
    } catch (error) {
      this.#protocols.strike(id, error);
      return false;
    }
  }

  /** As FlowReader.read; DONE when the reader threw. */
  read(seat: number, index: number, bytes: Uint8Array, start: number, end: number): number {
    const id = this.#columns.protocol[seat]!;
    try {
      if (!this.#protocols.isEnabled(id)) return DONE;
      return this.#readers[seat]!.read(
        bytes,
        start,
        end,
        this.#flows.columns.clientSide[this.#columns.flowOf[seat]!] === (index & 1),
      );
    } catch (error) {
      this.#protocols.strike(id, error);
      return DONE;
    }
  }

  gap(seat: number, index: number, missingBytes: number): boolean {
    try {
      const fromClient = this.#flows.columns.clientSide[this.#columns.flowOf[seat]!] === (index & 1);
      return this.#readers[seat]!.gap?.(fromClient, missingBytes) ?? false;
    } catch (error) {
      this.#protocols.strike(this.#columns.protocol[seat]!, error);
      return false;
    }
  }

  close(seat: number): void {
    const reader = this.#readers[seat];
    if (reader === undefined) return;
    this.#readers[seat] = undefined;
    try {
      reader.end?.();
    } catch (error) {
      this.#protocols.strike(this.#columns.protocol[seat]!, error);
    }
  }
}
