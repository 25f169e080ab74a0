// Bytes that were counted as unknown and whose owner became known afterwards. Owns: what each flow without an owner has moved, interval by
// interval, for as long as it is still asked for. Must not know stores or screens. Bound: MAX_FLOWS flows, MAX_INTERVALS each; what does
// not fit stays unknown.
import type { FlowOwner } from '../api/events.js';
import type { BookReason } from '../kernel/traffic-words.js';
import type { Movement } from './traffic-table.js';

const MAX_FLOWS = 16_384;
const MAX_INTERVALS = 8;

/** Moves bytes of an interval that was closed from a reason to an owner. */
export interface Correction {
  /** 1: the interval before the one that is being closed. */
  readonly intervalsAgo: number;
  /** partNumber of interface and zone. */
  readonly scope: number;
  readonly reason: BookReason;
  readonly owner: FlowOwner;
  readonly moved: Movement;
}

interface Held {
  readonly interval: number;
  readonly scope: number;
  readonly reason: BookReason;
  readonly moved: Movement;
}

export class LateOwners {
  readonly #held = new Map<number, Held[]>();
  #corrections: Correction[] = [];
  #interval = 0;

  /** A flow has moved this, and nobody is known to own it. */
  note(flow: number, scope: number, reason: BookReason, moved: Movement): void {
    const held = this.#held.get(flow);
    const hasRoom = held === undefined ? this.#held.size < MAX_FLOWS : held.length < MAX_INTERVALS;
    if (!hasRoom) return;
    const entry = { interval: this.#interval, scope, reason, moved: { ...moved } };
    if (held === undefined) this.#held.set(flow, [entry]);
    else held.push(entry);
  }

  /** Now somebody is. */
  found(flow: number, owner: FlowOwner): void {
    for (const { interval, ...entry } of this.#held.get(flow) ?? [])
      this.#corrections.push({ ...entry, owner, intervalsAgo: this.#interval - interval });
    this.#held.delete(flow);
  }

  /** The flow has ended, or nobody will be asked again. */
  forget(flow: number): void {
    this.#held.delete(flow);
  }

  /** Ends the interval. */
  take(): readonly Correction[] {
    const taken = this.#corrections;
    this.#corrections = [];
    this.#interval += 1;
    return taken;
  }
}
