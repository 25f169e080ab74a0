// The protocols of all plugins by number: asks them, counts, and disables one that keeps throwing. Owns: strikes and counters.
// Bound: the protocols registered at start-up.
import { NOT_MINE, type Probe, type ProtocolSpec, type Verdict } from '../../api/protocol.js';
import type { Strikes } from '../strikes.js';

const DEFAULT_BUFFER_BYTES = 16_384;

export class ProtocolSet {
  readonly specs: readonly ProtocolSpec[];
  /** How often each was asked and matched. */
  readonly asked: Float64Array;
  readonly matched: Float64Array;
  readonly #protocolIds: readonly number[];
  /** Of every protocol: specs are of many shapes, and to find a property in each of those takes as long as most questions. */
  readonly #probes: readonly ProtocolSpec['probe'][];
  readonly #strikes: Strikes;

  constructor(specs: readonly ProtocolSpec[], protocolIdOf: (name: string) => number, strikes: Strikes) {
    this.specs = specs;
    this.asked = new Float64Array(specs.length);
    this.matched = new Float64Array(specs.length);
    this.#protocolIds = specs.map((spec) => protocolIdOf(spec.name));
    this.#probes = specs.map(({ probe }) => probe);
    this.#strikes = strikes;
  }

  /** The number under which the flow table knows its name. */
  protocolId(id: number): number {
    return this.#protocolIds[id]!;
  }

  /** What its reader may leave unused on a side. */
  bufferBytes(id: number): number {
    return this.specs[id]!.bufferBytes ?? DEFAULT_BUFFER_BYTES;
  }

  isEnabled(id: number): boolean {
    return !this.#strikes.hasAny || !this.#strikes.isOut(this.specs[id]!.name);
  }

  ask(id: number, probe: Probe): Verdict {
    this.asked[id] = this.asked[id]! + 1;
    try {
      return this.#probes[id]!(probe);
    } catch (error) {
      this.strike(id, error);
      return NOT_MINE;
    }
  }

  countMatch(id: number): void {
    this.matched[id] = this.matched[id]! + 1;
  }

  strike(id: number, error: unknown): void {
    this.#strikes.add(this.specs[id]!.name, error);
  }
}
