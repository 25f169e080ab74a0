// KAIPO_* variables that are no settings of a file. Owns the list, so that a wrong name can be told from these.

/** Secrets, and what the project's own tests and tools use. */
const OTHERS = new Set(['KAIPO_STORE_KEY', 'KAIPO_SYNC_URL', 'KAIPO_FUZZ_RUNS', 'KAIPO_CORPUS']);

/** Variables of tests and benchmarks; they mean nothing to a command. */
const OF_TESTS = /^KAIPO_(TEST|BENCH)_/;

export const isForeignVariable = (name: string): boolean => OTHERS.has(name) || OF_TESTS.test(name);
