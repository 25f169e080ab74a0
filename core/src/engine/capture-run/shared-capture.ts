// Memory two threads look at while a capture is read: arenas, batches, flows and their health, and how far the second thread is.
// Owns: the layout. Bound: ARENAS arenas, PIPE_BATCHES batches, the columns of `maxFlows` flows, what is written of
// those that end; the system gives pages as they
// are touched.
//
//   intake thread                                            analysis thread
//   reads into an arena, fills a batch, finds flows ─► post ─► looks at it, ends flows ─► `analysed` + 1, wakes the other
//   waits where an arena or a batch is still looked at ◄──────────────┘
import { FlowColumns } from '../../flow/flow-columns.js';
import { FlowHealthColumns } from '../../flow/flow-health.js';
import { FrameBatch } from '../../frame/frame-batch.js';
import { type ColumnMemory, columnBytes } from '../../kernel/column-memory.js';
import { ARENA_BYTES, BATCH_ROWS } from '../../kernel/limits.js';
import { WrittenFlows } from '../written-flows.js';
import { PIPE_BATCHES } from './capture-run.js';

/** One being read into, one being looked at, and some so that neither waits for the other's last packet; each is a batch as a rule. */
const ARENAS = 6;
/** Words of `control`. */
export const ANALYSED = 0;
export const IS_CLOSED = 1;
/** How many batches the intake thread waits for: below, it need not be woken. */
export const WANTED = 2;
const CONTROL_WORDS = 16;

export class SharedCapture {
  readonly control: Int32Array;
  readonly arenas: readonly Uint8Array[];
  readonly batches: readonly FrameBatch[];
  /** By batch: flows whose client became known in it, as 2 * flow + side. */
  readonly clients: readonly Uint32Array[];
  readonly columns: FlowColumns;
  readonly health: FlowHealthColumns;
  /** Ring of the numbers of ended flows. */
  readonly ended: Uint32Array;
  readonly written: WrittenFlows;

  constructor(memory: ColumnMemory, maxFlows: number) {
    this.control = memory.int32(CONTROL_WORDS);
    this.arenas = times(ARENAS, () => memory.uint8(ARENA_BYTES));
    this.batches = times(PIPE_BATCHES, () => new FrameBatch(this.arenas[0]!, BATCH_ROWS, memory));
    this.clients = times(PIPE_BATCHES, () => memory.uint32(BATCH_ROWS));
    this.columns = new FlowColumns(maxFlows, memory);
    this.health = new FlowHealthColumns(maxFlows, memory);
    this.ended = memory.uint32(maxFlows);
    this.written = new WrittenFlows(memory, maxFlows);
  }
}

export function sharedCaptureBytes(maxFlows: number): number {
  return columnBytes((memory) => new SharedCapture(memory, maxFlows));
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
