// `kaipo db stats`: what the store holds and how much room each part takes.
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { DEFAULT_RETENTION_S, RESOLUTIONS_S } from '@kaipo/core/store/store-limits.js';
import { type KindStats, type StoreStats, storeStats } from '@kaipo/core/store/store-stats.js';
import type { DataOptions } from '../command-line/command-line.js';
import { alignedTable } from '../output/aligned-table.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { formatSpan } from '../report/report-notes.js';
import { loadSettings, storeOptions } from '../settings/settings.js';

const US_PER_S = 1_000_000;
const S_PER_DAY = 86_400;
const CSV_COLUMNS = ['kind', 'resolution', 'entries', 'bytes'] as const;

export async function runDbStats(options: DataOptions): Promise<number> {
  try {
    const { config } = await loadSettings(options);
    const stats = await storeStats(storeOptions(config));
    const retentionS = config.store.retentionS ?? DEFAULT_RETENTION_S;
    const entries = stats.kinds.map(entryRecord);
    const resolutions = resolutionRecords(stats, retentionS);
    writeAnswer(
      {
        document: { schema: 'kaipo.db.stats/1', ...storeRecord(stats), resolutions, entries, names: stats.names },
        records: [
          { type: 'store', ...storeRecord(stats) },
          ...resolutions.map((row) => ({ type: 'resolution', ...row })),
          ...entries.map((row) => ({ type: 'entries', ...row })),
          ...stats.names.map((row) => ({ type: 'names', ...row })),
        ],
        csv: { columns: CSV_COLUMNS, rows: entries.map((row) => CSV_COLUMNS.map((column) => row[column])) },
        table: () => table(stats, retentionS),
      },
      options.format,
      options.output,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

function storeRecord({ info, dataFile, pages }: StoreStats): object {
  const { writer } = info;
  return {
    path: info.dir,
    dataFile,
    format: info.formatVersion,
    encrypted: info.isEncrypted,
    recorder: {
      running: writer !== undefined,
      ...(writer === undefined ? {} : { pid: writer.pid, since: writer.sinceUs / US_PER_S }),
      ...(writer?.socket === undefined ? {} : { socket: writer.socket }),
    },
    fileBytes: info.fileBytes,
    pages: { bytes: pages.pageBytes, used: pages.pages - pages.freePages, free: pages.freePages },
    intervals: info.intervals,
    flows: info.flows,
    flowBytes: info.flowBytes,
    nameBytes: info.nameBytes,
    refusedNames: info.refusedNames,
    ...(info.firstUs === undefined ? {} : { first: info.firstUs / US_PER_S }),
    ...(info.lastEndUs === undefined ? {} : { last: info.lastEndUs / US_PER_S }),
    ...(info.mode === undefined ? {} : { mode: info.mode }),
  };
}

interface EntryRecord {
  readonly kind: string;
  readonly resolution?: number;
  readonly entries: number;
  readonly bytes: number;
}

function entryRecord({ kind, resolutionS, entries, bytes }: KindStats): EntryRecord {
  return { kind, ...(resolutionS === undefined ? {} : { resolution: resolutionS }), entries, bytes };
}

/** Seconds; `retention` is absent where buckets are kept for ever. */
function resolutionRecords({ resolutions }: StoreStats, retentionS: readonly number[]): object[] {
  return resolutions.map(({ resolutionS, fromS, toS }, level) => ({
    resolution: resolutionS,
    ...(fromS === undefined ? {} : { from: fromS }),
    ...(toS === undefined ? {} : { to: toS }),
    ...(Number.isFinite(retentionS[level]) ? { retention: retentionS[level] } : {}),
  }));
}

function table(stats: StoreStats, retentionS: readonly number[]): string {
  const { info, pages, dataFile } = stats;
  const { writer } = info;
  const facts = [
    ['Store', info.dir],
    ['Data file', `${dataFile}, ${formatBytes(info.fileBytes)}`],
    ['Format', `${info.formatVersion}${info.isEncrypted ? ', encrypted (AES-256-GCM)' : ', not encrypted'}`],
    ['Recorder', writer === undefined ? 'not running' : `process ${writer.pid}, since ${localText(writer.sinceUs)}`],
    ['Pages', `${pages.pages - pages.freePages} used, ${pages.freePages} free, ${pages.pageBytes} B each`],
    ['Recorded', `${info.intervals} intervals, ${info.flows} flows`],
    ['Flows, names', `${formatBytes(info.flowBytes)}, ${formatBytes(info.nameBytes)}`],
  ];
  const width = Math.max(...facts.map(([title]) => title!.length));
  const head = facts.map(([title, text]) => `  ${title!.padEnd(width)}  ${text}\n`).join('');
  const resolutions = stats.resolutions.map(({ resolutionS, fromS, toS }, level) => [
    resolutionText(resolutionS),
    fromS === undefined ? '–' : localText(fromS * US_PER_S),
    toS === undefined ? '–' : localText(toS * US_PER_S),
    Number.isFinite(retentionS[level]) ? formatSpan(retentionS[level]! * US_PER_S) : 'for ever',
  ]);
  const entries = stats.kinds.map(({ kind, resolutionS, entries: count, bytes }) => [
    kind,
    resolutionS === undefined ? '' : resolutionText(resolutionS),
    String(count),
    formatBytes(bytes),
  ]);
  const names = stats.names.map(({ kind, count, limit, refused }) => [
    kind,
    String(count),
    String(limit),
    String(refused),
  ]);
  return `${head}\n${alignedTable(['Buckets of', 'From', 'To', 'Kept'], resolutions)}\n${alignedTable(
    ['Entries', 'Buckets of', 'Count', 'Size'],
    entries,
  )}\n${alignedTable(['Names', 'Known', 'At most', 'Refused'], names)}`;
}

const RESOLUTION_TEXTS = ['1 s', '10 s', '1 min', '1 h', '1 day'];

function resolutionText(resolutionS: number): string {
  const level = (RESOLUTIONS_S as readonly number[]).indexOf(resolutionS);
  return RESOLUTION_TEXTS[level] ?? `${resolutionS / S_PER_DAY} days`;
}
