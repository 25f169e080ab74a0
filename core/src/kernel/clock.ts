// The one place that reads the wall clock. Everything else takes time as an argument, so that a replay follows trace time.

/** Microseconds since the epoch. Exact in a double until the year 2255. */
export type Clock = () => number;

export const wallClockUs: Clock = () => Date.now() * 1000;
