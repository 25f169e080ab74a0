// What the stages of an engine take. Owns: one sum a stage. One reading of the clock a stage and batch, and never a packet.
/** @hot */

/** In the order a batch meets them; `read` is what is left of the time a capture took. */
export const STAGES = [
  'read',
  'decode',
  'flows',
  'sums',
  'health',
  'inspection',
  'analyzers',
  'events',
  'ended flows',
  'detectors',
] as const;

export const STAGE_DECODE = 1;
export const STAGE_FLOWS = 2;
export const STAGE_SUMS = 3;
export const STAGE_HEALTH = 4;
export const STAGE_INSPECTION = 5;
export const STAGE_ANALYZERS = 6;
export const STAGE_EVENTS = 7;
export const STAGE_ENDED = 8;
export const STAGE_DETECTORS = 9;

export class StageClock {
  /** Milliseconds by stage. */
  readonly ms: Float64Array = new Float64Array(STAGES.length);
  #lastMs = 0;

  start(): void {
    this.#lastMs = performance.now();
  }

  /** The stage has ended that began with the last call. */
  lap(stage: number): void {
    const nowMs = performance.now();
    this.ms[stage] = this.ms[stage]! + nowMs - this.#lastMs;
    this.#lastMs = nowMs;
  }

  get sumMs(): number {
    let sum = 0;
    for (let stage = 0; stage < this.ms.length; stage++) sum += this.ms[stage]!;
    return sum;
  }
}
