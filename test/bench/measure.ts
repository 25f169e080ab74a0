// What a benchmark file is and how it is timed: one function a file, run for a while, best of several rounds.

export interface Bench {
  readonly name: string;
  /** What is counted: packets, messages, bytes. */
  readonly unit: string;
  /** Makes what is needed; returns the function that is timed and how many units one call does. */
  setup(): { readonly run: () => void; readonly units: number };
}

export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly nsPerUnit: number;
  readonly unitsPerSecond: number;
}

const WARM_UP_MS = 300;
const ROUND_MS = 200;
const ROUNDS = 5;

/** The best round: what the machine did besides only makes a round slower. */
export function measure(bench: Bench): Measurement {
  const { run, units } = bench.setup();
  repeat(run, WARM_UP_MS);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, repeat(run, ROUND_MS));
  const nsPerUnit = (best * 1e6) / units;
  return { name: bench.name, unit: bench.unit, nsPerUnit, unitsPerSecond: 1e9 / nsPerUnit };
}

/** Milliseconds a call. */
function repeat(run: () => void, durationMs: number): number {
  let calls = 0;
  const started = performance.now();
  let now = started;
  while (now - started < durationMs) {
    run();
    calls += 1;
    now = performance.now();
  }
  return (now - started) / calls;
}
