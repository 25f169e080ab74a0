// Runs detectors and keeps them from hurting the engine. Owns: one of each for this run, what each is told, the time each must learn
// before it may speak, and what was learned. Must not know what a rule is about, nor what becomes of a finding.
// Bound: one detector a rule, each bounded itself, and the steps of one batch.
import type { Detector, DetectorSpec } from '../api/detector.js';
import type { EventWriter, KaipoEvent } from '../api/events.js';
import type { IntervalRecord } from '../api/interval-record.js';
import type { EventBus } from '../bus/event-bus.js';
import type { FlowColumns } from '../flow/flow-columns.js';
import type { FrameBatch } from '../frame/frame-batch.js';
import { STAGE_DETECTORS, type StageClock } from './stage-clock.js';
import { StepColumns } from './step-columns.js';
import type { Strikes } from './strikes.js';

const QUEUE_EVENTS = 1024;
const TICK_US = 1e6;
/** Time that goes back further was put back, or is that of another file. */
const STEP_BACK_US = 64e6;

export interface DetectorSurroundings {
  readonly columns: FlowColumns;
  interfaceName(interfaceId: number): string | undefined;
}

/** What a detector has learned, and since when it learns. */
export interface LearnedState {
  readonly sinceUs: number;
  readonly state?: unknown;
}

export class DetectorHost {
  readonly #runs: readonly DetectorRun[];
  readonly #stepRuns: readonly DetectorRun[];
  readonly #steps: StepColumns | undefined;
  /** Of packets or of the clock, whichever was told last. */
  #nowUs = 0;
  #tickedUs = Number.NEGATIVE_INFINITY;

  constructor(
    specs: readonly DetectorSpec[],
    bus: EventBus,
    strikes: Strikes,
    { columns, interfaceName }: DetectorSurroundings,
  ) {
    this.#runs = specs.flatMap((spec) => DetectorRun.start(spec, bus, strikes));
    this.#stepRuns = this.#runs.filter(({ detector }) => detector.onFlowSteps !== undefined);
    this.#steps = this.#stepRuns.length > 0 ? new StepColumns(columns, interfaceName) : undefined;
    for (const run of this.#runs) {
      if (run.detector.wants.length === 0 || run.detector.onEvents === undefined) continue;
      bus.subscribe({
        name: run.spec.rule,
        wants: run.detector.wants,
        capacity: QUEUE_EVENTS,
        whenFull: 'flush',
        deliver: (events) => run.tellEvents(events),
      });
    }
  }

  /** Findings that were not written because the rule still learns. */
  get heldBack(): number {
    return this.#runs.reduce((sum, run) => sum + run.heldBack, 0);
  }

  /** A batch whose rows have their flows. */
  observe(batch: FrameBatch, clock: StageClock): void {
    if (this.#runs.length === 0 || batch.length === 0) return;
    clock.start();
    if (this.#steps !== undefined) {
      this.#steps.read(batch);
      if (this.#steps.length > 0) for (const run of this.#stepRuns) run.tellSteps(this.#steps);
    }
    const lastUs = batch.tsUs[batch.length - 1]!;
    if (Number.isFinite(lastUs)) this.#advance(lastUs);
    clock.lap(STAGE_DETECTORS);
  }

  /** An interval that was recorded. */
  interval(record: IntervalRecord): void {
    for (const run of this.#runs) run.tellInterval(record);
    this.tick(record.endUs);
  }

  tick(nowUs: number): void {
    this.#nowUs = nowUs;
    this.#tickedUs = nowUs;
    for (const run of this.#runs) run.tick(nowUs);
  }

  /** The input is over: what waits for a moment to be sure of is said now. */
  finish(): void {
    if (this.#nowUs > 0) this.tick(this.#nowUs + 2 * TICK_US);
  }

  /** What was learned, by rule; for `restore` of a later run. */
  save(): Record<string, LearnedState> {
    const saved: Record<string, LearnedState> = {};
    for (const run of this.#runs) {
      const state = run.save();
      if (state !== undefined) saved[run.spec.rule] = state;
    }
    return saved;
  }

  restore(saved: Readonly<Record<string, LearnedState>>): void {
    for (const run of this.#runs) {
      const state = Object.hasOwn(saved, run.spec.rule) ? saved[run.spec.rule] : undefined;
      if (state !== undefined) run.restore(state);
    }
  }

  #advance(nowUs: number): void {
    this.#nowUs = nowUs;
    const sinceUs = nowUs - this.#tickedUs;
    if (sinceUs >= TICK_US || sinceUs < -STEP_BACK_US) this.tick(nowUs);
  }
}

class DetectorRun implements EventWriter {
  readonly spec: DetectorSpec;
  readonly detector: Detector;
  heldBack = 0;
  readonly #out: EventWriter;
  readonly #strikes: Strikes;
  /** When it began to learn; NaN until something tells the time. */
  #sinceUs = Number.NaN;

  private constructor(spec: DetectorSpec, out: EventWriter, strikes: Strikes) {
    this.spec = spec;
    this.detector = spec.create();
    this.#out = out;
    this.#strikes = strikes;
  }

  /** None where the rule cannot even be made: it is out, and that is said. */
  static start(spec: DetectorSpec, out: EventWriter, strikes: Strikes): DetectorRun[] {
    try {
      return [new DetectorRun(spec, out, strikes)];
    } catch (error) {
      strikes.stop(spec.rule, error);
      return [];
    }
  }

  /** What the detector finds. */
  write(event: KaipoEvent): void {
    if (event.kind !== 'alert.raised' || event.rule !== this.spec.rule)
      throw new Error(`${this.spec.rule} may write findings of its own rule only`);
    const { learnsUs } = this.spec;
    if (Number.isNaN(this.#sinceUs)) this.#sinceUs = event.tsUs;
    if (learnsUs !== undefined && event.tsUs < this.#sinceUs + learnsUs) this.heldBack += 1;
    else this.#out.write(event);
  }

  tellSteps(steps: StepColumns): void {
    this.#call(() => this.detector.onFlowSteps?.(steps, this));
  }

  tellEvents(events: readonly KaipoEvent[]): void {
    if (Number.isNaN(this.#sinceUs)) this.#sinceUs = events[0]!.tsUs;
    this.#call(() => this.detector.onEvents?.(events, this));
  }

  tellInterval(record: IntervalRecord): void {
    if (Number.isNaN(this.#sinceUs)) this.#sinceUs = record.startUs;
    this.#call(() => this.detector.onInterval?.(record, this));
  }

  tick(nowUs: number): void {
    if (Number.isNaN(this.#sinceUs)) this.#sinceUs = nowUs;
    this.#call(() => this.detector.onTick?.(nowUs, this));
  }

  save(): LearnedState | undefined {
    const { learnsUs } = this.spec;
    if (Number.isNaN(this.#sinceUs) || (learnsUs === undefined && this.detector.save === undefined)) return undefined;
    let state: unknown;
    this.#call(() => {
      state = this.detector.save?.();
    });
    return state === undefined ? { sinceUs: this.#sinceUs } : { sinceUs: this.#sinceUs, state };
  }

  restore({ sinceUs, state }: LearnedState): void {
    if (Number.isFinite(sinceUs)) this.#sinceUs = sinceUs;
    if (state !== undefined) this.#call(() => this.detector.restore?.(state));
  }

  #call(ask: () => void): void {
    if (this.#strikes.isOut(this.spec.rule)) return;
    try {
      ask();
    } catch (error) {
      this.#strikes.add(this.spec.rule, error);
    }
  }
}
