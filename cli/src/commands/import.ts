// `kaipo import FILE`: rows of other usage trackers into the store, once. Owns which rows are already there, and the report.

import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { type Clock, wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_BAD_DATA, EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { queryPeriods } from '@kaipo/core/query/history.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { openStore, type StoreOptions } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import type { DataOptions } from '../command-line/command-line.js';
import { countedNames } from '../export/import-counted.js';
import { readImportFile } from '../export/import-file.js';
import { type ImportRow, ImportRows } from '../export/import-rows.js';
import { secondsOf } from '../history/usage-fields.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { loadSettings, storeOptions } from '../settings/settings.js';

const US_PER_S = 1_000_000;
const DAY_US = 86_400 * US_PER_S;
const DEFAULT_INTERFACE = 'imported';
/** Sentences about how long rows are: a file of many devices has as many. */
const MAX_ASSUMED = 5;

export interface ImportOptions extends DataOptions {
  /** All rows are counted on it; absent: what the file names, else DEFAULT_INTERFACE. */
  readonly interface?: string;
  readonly isDryRun: boolean;
}

/** A row whose interface is known. */
type CountedRow = ImportRow & { readonly interface: string };

interface ImportReport {
  readonly taken: readonly CountedRow[];
  readonly names: readonly string[];
  readonly presentCount: number;
  readonly rows: ImportRows;
  readonly isDryRun: boolean;
}

/** Exit code 65 when rows were refused; rows that are already there are no error. */
export async function runImport(file: string, options: ImportOptions, clock: Clock = wallClockUs): Promise<number> {
  let store: Store | undefined;
  try {
    const rows = new ImportRows(clock);
    await readImportFile(file, rows);
    const { config } = await loadSettings(options);
    const all = rows.rows().map((row) => {
      return { ...row, interface: options.interface ?? row.interface ?? DEFAULT_INTERFACE };
    });
    const names = [...new Set(all.map((row) => row.interface))].sort();
    store = openFor(options, storeOptions(config));
    const opened = store;
    const taken =
      opened === undefined
        ? all
        : names.flatMap((name) =>
            newRows(
              opened,
              all.filter((row) => row.interface === name),
              name,
            ),
          );
    taken.sort((left, right) => left.startUs - right.startUs);
    if (store !== undefined && !options.isDryRun) await record(store, taken, countedNames(names));
    const presentCount = all.length - taken.length;
    writeReport({ taken, names, presentCount, rows, isDryRun: options.isDryRun }, options);
    for (const assumed of rows.assumed.slice(0, MAX_ASSUMED)) process.stderr.write(`kaipo: assumed that ${assumed}\n`);
    return rows.refusedCount > 0 ? EXIT_BAD_DATA : EXIT_OK;
  } catch (error) {
    return reportError(error);
  } finally {
    await store?.close();
  }
}

/** A dry run writes nothing, not even a new store: then every row is new. */
function openFor({ isDryRun }: ImportOptions, options: StoreOptions): Store | undefined {
  if (!isDryRun) return openStore(options);
  try {
    return openStore({ ...options, readOnly: true });
  } catch (error) {
    if (error instanceof KaipoError && error.code === 'KAIPO_STORE_MISSING') return undefined;
    throw error;
  }
}

/**
 * Rows in whose bucket this interface has nothing yet: the same file a second time adds nothing. The bucket is the finest that
 * is still kept of that time, so a row in an hour of which only the sum is left is taken for present when the hour has any.
 */
function newRows(store: Store, rows: readonly CountedRow[], name: string): CountedRow[] {
  const resolutionUs = store.view((view) => rows.map(({ startUs }) => view.finestResolutionS(startUs) * US_PER_S));
  const buckets = [...new Set(rows.map(({ startUs }, index) => floorTo(startUs, resolutionUs[index]!)))];
  const present = new Set<number>();
  const widthOf = new Map(
    rows.map(({ startUs }, index) => [floorTo(startUs, resolutionUs[index]!), resolutionUs[index]!]),
  );
  const periods = buckets.map((fromUs) => ({ fromUs, toUs: fromUs + widthOf.get(fromUs)! }));
  for (const [index, { txBytes, rxBytes }] of queryPeriods(store, periods, { interface: name }).entries()) {
    if (txBytes + rxBytes > 0) present.add(buckets[index]!);
  }
  return rows.filter(({ startUs }, index) => !present.has(floorTo(startUs, resolutionUs[index]!)));
}

const floorTo = (us: number, stepUs: number): number => Math.floor(us / stepUs) * stepUs;

/** A day in one transaction: a run that was cut short goes on with the next day. */
async function record(store: Store, rows: readonly CountedRow[], counted: ReadonlySet<string>): Promise<void> {
  for (let at = 0; at < rows.length; ) {
    const day = Math.floor(rows[at]!.startUs / DAY_US);
    let end = at;
    while (end < rows.length && Math.floor(rows[end]!.startUs / DAY_US) === day) end += 1;
    await store.append({ intervals: intervalsOf(rows.slice(at, end), counted) });
    at = end;
  }
}

/** Rows of the same time are one interval, which is recorded once; rows of one interface in it are summed. */
function intervalsOf(rows: readonly CountedRow[], counted: ReadonlySet<string>): IntervalRecord[] {
  const sameTime = new Map<string, CountedRow[]>();
  for (const row of rows) {
    const time = `${row.startUs} ${row.endUs}`;
    const others = sameTime.get(time);
    if (others === undefined) sameTime.set(time, [row]);
    else others.push(row);
  }
  return [...sameTime.values()].map((same) => intervalOf(same, counted));
}

/** How much is all that is known of it. */
function intervalOf(rows: readonly CountedRow[], counted: ReadonlySet<string>): IntervalRecord {
  const { startUs, endUs } = rows[0]!;
  const sums = new Map<string, { txBytes: number; rxBytes: number }>();
  for (const { interface: name, txBytes, rxBytes } of rows) {
    const sum = sums.get(name) ?? { txBytes: 0, rxBytes: 0 };
    sums.set(name, { txBytes: sum.txBytes + txBytes, rxBytes: sum.rxBytes + rxBytes });
  }
  return {
    startUs,
    endUs,
    mode: 'import',
    interfaces: [...sums].map(([name, sum]) => ({
      name,
      counted: counted.has(name),
      ...sum,
      txPackets: 0,
      rxPackets: 0,
    })),
    apps: [],
    protocols: [],
    hosts: [],
    unknown: [],
    capture: { received: 0, delivered: 0, droppedByKernel: 0, droppedByHelper: 0 },
    books: [...sums]
      .filter(([name]) => counted.has(name))
      .flatMap(([name, { txBytes, rxBytes }]) => [
        { interface: name, category: 'kernel' as const, reason: 'none' as const, bytes: txBytes + rxBytes },
        { interface: name, category: 'not-captured' as const, reason: 'imported' as const, bytes: txBytes + rxBytes },
      ]),
  };
}

function writeReport({ taken, names, presentCount, rows, isDryRun }: ImportReport, options: ImportOptions): void {
  const { refused, refusedCount, emptyCount } = rows;
  const sums = {
    rows: taken.length,
    txBytes: taken.reduce((sum, { txBytes }) => sum + txBytes, 0),
    rxBytes: taken.reduce((sum, { rxBytes }) => sum + rxBytes, 0),
    ...(taken.length > 0 && { from: secondsOf(taken[0]!.startUs), to: secondsOf(lastEndUs(taken)) }),
  };
  const of = {
    ...(names.length === 1 ? { interface: names[0]! } : { interfaces: names }),
    ...(rows.assumed.length > 0 && { assumed: rows.assumed }),
  };
  const counts = { alreadyThere: presentCount, empty: emptyCount, refused: refusedCount };
  writeAnswer(
    {
      document: {
        schema: 'kaipo.import/1',
        dryRun: isDryRun,
        ...of,
        taken: sums,
        ...counts,
        refusals: refused,
      },
      records: [
        { type: 'import', dryRun: isDryRun, ...of, taken: sums, ...counts },
        ...refused.map((refusal) => ({ type: 'refused', ...refusal })),
      ],
      csv: { columns: ['line', 'reason'], rows: refused.map(({ line, reason }) => [line, reason]) },
      table: () => reportText(taken, sums, counts, rows, isDryRun),
    },
    options.format,
    options.output,
  );
}

const lastEndUs = (rows: readonly ImportRow[]): number => rows.reduce((last, { endUs }) => Math.max(last, endUs), 0);

const rowCount = (count: number): string => `${count} ${count === 1 ? 'row' : 'rows'}`;

function reportText(
  taken: readonly ImportRow[],
  { txBytes, rxBytes }: { readonly txBytes: number; readonly rxBytes: number },
  counts: { readonly alreadyThere: number; readonly empty: number; readonly refused: number },
  { refused, unit }: ImportRows,
  isDryRun: boolean,
): string {
  const first = taken[0];
  const lines = [
    first === undefined
      ? 'No new rows.'
      : `${isDryRun ? 'Would take' : 'Took'} ${rowCount(taken.length)}, ${formatBytes(rxBytes)} received and ${formatBytes(txBytes)} sent, ${localText(first.startUs)} to ${localText(lastEndUs(taken))}.`,
    ...(counts.alreadyThere > 0
      ? [`${rowCount(counts.alreadyThere)} ${counts.alreadyThere === 1 ? 'is' : 'are'} already there.`]
      : []),
    ...(counts.empty > 0 ? [`${rowCount(counts.empty)} ${counts.empty === 1 ? 'has' : 'have'} no bytes.`] : []),
    ...(counts.refused > 0 ? [`${rowCount(counts.refused)} ${counts.refused === 1 ? 'was' : 'were'} refused:`] : []),
    ...refused.map(({ line, reason }) => `  ${unit} ${line}: ${reason}`),
    ...(counts.refused > refused.length ? [`  and ${counts.refused - refused.length} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
