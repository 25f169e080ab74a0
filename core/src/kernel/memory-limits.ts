// What grows with traffic, and how much of the memory a person allows each may take: one table, from which every large bound follows.
// Owns: shares, and what an entry takes. Small bounds that no setting moves stand in limits.ts and at the heads of their files.

/** The program itself while it works: code, heap, batches; measured, `analyze` of 250,000 packets takes 150 MB with all it keeps. */
const PROGRAM_BYTES = 128e6;
export const LEAST_MEMORY_BYTES = 128e6;
export const DEFAULT_MEMORY_BYTES = 512e6;

export interface MemoryLimits {
  /** Rows of the flow table. */
  readonly flows: number;
  /** Bytes of unfinished messages and early segments. */
  readonly reassemblyBytes: number;
  /** Live flows with a name, an application, details or an owner. */
  readonly flowTexts: number;
  /** Addresses whose names are remembered. */
  readonly names: number;
  /** Rows of each sum over a whole capture: hosts, applications, protocols. */
  readonly sumRows: number;
}

export interface MemoryShare {
  readonly holds: string;
  /** Percent of what the program itself leaves. */
  readonly percent: number;
  /** Of one entry: measured, or counted where it is a column. */
  readonly bytesPerEntry: number;
  readonly least: number;
  readonly most: number;
  readonly whenFull: string;
  /** Who counts that. */
  readonly counter: string;
}

export const MEMORY_SHARES: Readonly<Record<keyof MemoryLimits, MemoryShare>> = {
  flows: {
    holds: 'live flows: row, index, health, inspection',
    percent: 50,
    bytesPerEntry: 245,
    least: 16_384,
    most: 8_388_608,
    whenFull: 'flows nobody has answered end first; only when there are none a new flow is refused',
    counter: 'evictedFlows, refusedFlows',
  },
  reassemblyBytes: {
    holds: 'unfinished messages and early segments',
    percent: 16,
    bytesPerEntry: 1,
    least: 4e6,
    most: 1e9,
    whenFull: 'the inspection of a flow that needs more ends',
    counter: 'refusedBuffers',
  },
  flowTexts: {
    holds: 'what is said of live flows: server name, application, details, owner',
    percent: 26,
    bytesPerEntry: 400,
    least: 8192,
    most: 8_388_608,
    whenFull: 'what is said of further flows is not kept',
    counter: 'refusedFlowTexts',
  },
  names: {
    holds: 'names by address, from answers',
    percent: 4,
    bytesPerEntry: 230,
    least: 4096,
    most: 1_048_576,
    whenFull: 'the name learnt longest ago is forgotten',
    counter: 'forgottenNames',
  },
  sumRows: {
    holds: 'rows of hosts, applications and protocols of an analysis, each',
    percent: 4,
    bytesPerEntry: 230,
    least: 4096,
    most: 65_536,
    whenFull: 'further ones are summed under "other"',
    counter: 'the row "other"',
  },
};

/** Every large bound of a process that may take `memoryBytes`. */
export function memoryLimits(memoryBytes: number): MemoryLimits {
  const leftBytes = Math.max(memoryBytes - PROGRAM_BYTES, memoryBytes / 4);
  const entries = Object.entries(MEMORY_SHARES).map(([key, { percent, bytesPerEntry, least, most }]) => {
    const fitting = Math.floor((leftBytes * percent) / 100 / bytesPerEntry);
    return [key, Math.min(most, Math.max(least, fitting))];
  });
  return Object.fromEntries(entries) as Record<keyof MemoryLimits, number>;
}
