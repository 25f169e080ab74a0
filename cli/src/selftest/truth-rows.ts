// What the workload says it did, a line a flow. Owns the form of these lines (capture-helper/native/workload/truth.c writes them) and
// refuses what is not one. Must not know what kaipo saw. Bound: MAX_TRUTH_ROWS.

/** A process that is a right answer for a flow. */
export interface Holder {
  readonly pid: number;
  /** The path it was started from: every client has its own. */
  readonly exe: string;
}

export interface TruthEnd {
  readonly ip: string;
  /** 0: no ports. */
  readonly port: number;
}

export interface TruthRow extends Holder {
  readonly scenario: string;
  readonly transport: string;
  /** As the wire has it: behind address translation that is not what the socket says. */
  readonly local: TruthEnd;
  readonly remote: TruthEnd;
  /** Payload. */
  readonly txBytes: number;
  readonly rxBytes: number;
  /** Payload that TCP sent more than once, from here and from the other side: on the wire, but in neither of the above. */
  readonly txResentBytes: number;
  readonly rxResentBytes: number;
  /** From before the socket was opened until after it was closed, wall clock. */
  readonly startUs: number;
  readonly endUs: number;
  /** Other processes that held the socket, or listen beside its holder. */
  readonly group: readonly Holder[];
}

/** A whole run has some 12,000. */
export const MAX_TRUTH_ROWS = 200_000;
const NS_PER_US = 1000;

/** Throws on anything that is not a row: a truth that cannot be read proves nothing. */
export function parseTruth(text: string): TruthRow[] {
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.length > MAX_TRUTH_ROWS) throw new Error(`${lines.length} lines of truth are more than ${MAX_TRUTH_ROWS}`);
  const rows: TruthRow[] = [];
  /** What the other side sent again, by ends. */
  const resent = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    try {
      const row = JSON.parse(line) as Record<string, unknown>;
      if (row['scenario'] !== undefined) rows.push(truthRow(row));
      else resent.set(endsText(end(row, 'l'), end(row, 'r')), count(row, 'resent'));
    } catch (error) {
      throw new Error(`truth, line ${index + 1}: ${(error as Error).message}`);
    }
  }
  return rows.map((row) => {
    const rxResentBytes = row.transport === 'tcp' ? resent.get(endsText(row.local, row.remote)) : undefined;
    return rxResentBytes === undefined ? row : { ...row, rxResentBytes };
  });
}

const endsText = (local: TruthEnd, remote: TruthEnd): string => `${local.ip} ${local.port} ${remote.ip} ${remote.port}`;

function truthRow(row: Record<string, unknown>): TruthRow {
  const local = row['waddr'] === undefined ? end(row, 'l') : end(row, 'w');
  const group = (row['group'] ?? []) as Record<string, unknown>[];
  return {
    scenario: text(row, 'scenario'),
    ...holder(row),
    transport: text(row, 'transport'),
    local,
    remote: end(row, 'r'),
    txBytes: count(row, 'tx'),
    rxBytes: count(row, 'rx'),
    txResentBytes: row['resent'] === undefined ? 0 : count(row, 'resent'),
    rxResentBytes: 0,
    startUs: count(row, 't0') / NS_PER_US,
    endUs: count(row, 't1') / NS_PER_US,
    group: group.map(holder),
  };
}

const holder = (row: Record<string, unknown>): Holder => ({ pid: count(row, 'pid'), exe: text(row, 'exe') });

const end = (row: Record<string, unknown>, side: string): TruthEnd => ({
  ip: text(row, `${side}addr`),
  port: count(row, `${side}port`),
});

function text(row: Record<string, unknown>, key: string): string {
  const value = row[key];
  if (typeof value !== 'string' || value === '') throw new Error(`"${key}" is not a text`);
  return value;
}

function count(row: Record<string, unknown>, key: string): number {
  const value = row[key];
  if (typeof value !== 'number' || !(value >= 0)) throw new Error(`"${key}" is not a count`);
  return value;
}
