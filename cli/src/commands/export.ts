// `kaipo export`: history out, as JSON, CSV, NDJSON, Parquet, or as a brief for a language model.
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { localText, type TimeRange } from '@kaipo/core/query/time-range.js';
import { parseStep } from '@kaipo/core/query/time-steps.js';
import type { Store } from '@kaipo/core/store/store.js';
import { briefOf } from '../export/brief-of.js';
import { deviceOf } from '../export/device.js';
import { type ExportQuestion, exportRows } from '../export/export-rows.js';
import { EXPORT_TABLES, type ExportRow, type ExportTable } from '../export/export-tables.js';
import { ExportTurns, Interrupted } from '../export/export-turns.js';
import { writeParquet } from '../export/parquet-export.js';
import { writeCsv, writeJson, writeNdjson } from '../export/text-export.js';
import { askedOr, type HistoryContext, type HistoryOptions, historyContext } from '../history/history-context.js';
import { openStoreOf } from '../history/open-history.js';
import { secondsOf } from '../history/usage-fields.js';
import { writeTo } from '../output/data-output.js';
import { Progress } from '../output/progress.js';
import { reportError } from '../output/report-error.js';
import { placeOf, TextSink } from '../output/text-sink.js';
import { loadSettings } from '../settings/settings.js';

export const EXPORT_FORMATS = ['json', 'csv', 'ndjson', 'llm', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Capture files may carry impossible times; "everything" is this much of the past, and a day of the future. */
const EVERYTHING_PAST_US = 60 * 366 * 86_400e6;
const DAY_US = 86_400e6;

export interface ExportOptions extends Omit<HistoryOptions, 'format' | 'color'> {
  readonly format: ExportFormat;
  readonly what: ExportTable | 'all';
  readonly step: string;
  /** `llm`: names and addresses as they are, instead of pseudonyms. */
  readonly redact?: boolean;
  readonly redactKey?: string;
}

export async function runExport(options: ExportOptions): Promise<number> {
  let store: Store | undefined;
  const progress = new Progress();
  const turns = new ExportTurns();
  try {
    checkTables(options);
    if (isFile(options.output)) turns.listen();
    const { config } = await loadSettings(options);
    store = await openStoreOf(config);
    const context = historyContext(
      store,
      config,
      { ...options, format: 'json', color: false },
      exportPeriod,
      wallClockUs(),
    );
    await writeExport(context, options, progress, turns);
    progress.clear();
    return EXIT_OK;
  } catch (error) {
    progress.clear();
    return error instanceof Interrupted ? error.exitCode : reportError(error);
  } finally {
    turns.close();
    await store?.close();
  }
}

/** Everything, unless a period was asked for. */
export function exportPeriod(options: HistoryOptions, info: HistoryContext['info'], nowUs: number): TimeRange {
  const { period, from, to, since } = options;
  if ([period, from, to, since].some((asked) => asked !== undefined)) return askedOr('today')(options, info, nowUs);
  const fromUs = Math.max(info.firstUs ?? nowUs - DAY_US, nowUs - EVERYTHING_PAST_US);
  return { fromUs, toUs: Math.max(fromUs + 1, Math.min(Math.max(nowUs, info.lastEndUs ?? 0), nowUs + DAY_US)) };
}

function checkTables({ format, what, output, redact, redactKey }: ExportOptions): void {
  if (format !== 'llm' && (redact !== undefined || redactKey !== undefined)) {
    throw new KaipoError(
      'KAIPO_USAGE',
      `pseudonyms are for llm and for reports, not for ${format}`,
      'kaipo export --format llm',
    );
  }
  if (what === 'all' && (format === 'csv' || format === 'parquet')) {
    throw new KaipoError('KAIPO_USAGE', `${format} holds one table`, 'choose it with --what, or use --format ndjson');
  }
  if (format === 'parquet' && (output === undefined || output === '-')) {
    throw new KaipoError(
      'KAIPO_USAGE',
      'a Parquet file is written to a file',
      'kaipo export --format parquet -o usage.parquet',
    );
  }
}

const isFile = (output: string | undefined): output is string =>
  output !== undefined && output !== '-' && placeOf(output).kind === 'file';

async function writeExport(
  context: HistoryContext,
  options: ExportOptions,
  progress: Progress,
  turns: ExportTurns,
): Promise<void> {
  const { store, range, filter, info } = context;
  const { format, what, output } = options;
  const device = deviceOf(info);
  let written = 0;
  const question: ExportQuestion = {
    store,
    range,
    filter,
    step: parseStep(options.step),
    onProgress: (share) => progress.show('export', share * 100, 100),
  };
  const counted = function* (table: ExportTable): Generator<ExportRow> {
    for (const row of exportRows(question, table)) {
      written += 1;
      yield row;
    }
  };
  const rows = (table: ExportTable): AsyncIterable<ExportRow> => turns.rows(counted(table));
  const head = {
    schema: 'kaipo.export/1',
    device,
    from: secondsOf(range.fromUs),
    to: secondsOf(range.toUs),
    ...filter,
    step: options.step,
  };
  const tables = what === 'all' ? EXPORT_TABLES : [what];
  if (format === 'parquet') await writeParquet(output!, tables[0]!, device.id, rows(tables[0]!));
  else if (format === 'llm') {
    const brief = await briefOf(context, options.redact, options.redactKey);
    writeTo(output, (sink) => sink.write(brief));
  } else {
    await writeInTurns(output, async (sink) => {
      if (format === 'json') await writeJson(sink, head, tables, rows);
      else if (format === 'ndjson') await writeNdjson(sink, head, tables, rows);
      else await writeCsv(sink, tables[0]!, device.id, rows);
    });
  }
  if (written === 0 && format !== 'llm') {
    const has =
      info.firstUs === undefined
        ? 'nothing has been recorded yet'
        : `history has ${localText(info.firstUs)} to ${localText(info.lastEndUs ?? info.firstUs)}`;
    process.stderr.write(`kaipo: no rows in this period; ${has}\n`);
  }
}

/** As writeTo: complete or not at all. */
async function writeInTurns(file: string | undefined, write: (sink: TextSink) => Promise<void>): Promise<void> {
  const sink = new TextSink(file);
  try {
    await write(sink);
    sink.close();
  } catch (error) {
    sink.abandon();
    throw error;
  }
}
