// What every question to history has in common: the store, the period, the filter, the clock; and how its answer goes out.
// Owns opening, closing and exit codes; must not know what is asked.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { type Clock, wallClockUs } from '@kaipo/core/kernel/clock.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { Zone } from '@kaipo/core/kernel/traffic-words.js';
import type { Filter } from '@kaipo/core/query/history.js';
import { type AskedPeriod, periodAsked, type TimeRange } from '@kaipo/core/query/time-range.js';
import type { Store, StoreInfo } from '@kaipo/core/store/store.js';
import type { DataOptions } from '../command-line/command-line.js';
import { type DataAnswer, writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { loadSettings } from '../settings/settings.js';
import { checkInterfaces } from './check-interfaces.js';
import { openStoreOf } from './open-history.js';

export interface HistoryOptions extends DataOptions, AskedPeriod {
  readonly interfaces?: readonly string[];
  readonly zone?: Zone;
  readonly limit?: number;
  readonly sort?: string;
  readonly reverse?: boolean;
}

export interface HistoryContext {
  readonly store: Store;
  readonly info: StoreInfo;
  readonly config: KaipoConfig;
  readonly nowUs: number;
  readonly range: TimeRange;
  readonly filter: Filter;
  /** Columns of the screen; absent: no screen, tables are as wide as they need. */
  readonly width?: number;
  readonly color: boolean;
}

/** An answer, and what has to be said about it: on stderr, after the data. */
export interface HistoryAnswer extends DataAnswer {
  readonly notes: readonly string[];
}

export type PeriodOf = (options: HistoryOptions, info: StoreInfo, nowUs: number) => TimeRange;

/** The period of the flags, else the given words. */
export const askedOr =
  (defaultPeriod: string): PeriodOf =>
  (options, _, nowUs) =>
    periodAsked(options, nowUs, defaultPeriod);

/** Opens history, asks, writes; answers the exit code. A period without data is an answer too. */
export async function answerFromHistory(
  options: HistoryOptions,
  periodOf: PeriodOf,
  ask: (context: HistoryContext) => HistoryAnswer | Promise<HistoryAnswer>,
  clock: Clock = wallClockUs,
): Promise<number> {
  let store: Store | undefined;
  try {
    const { config } = await loadSettings(options);
    store = await openStoreOf(config);
    const context = historyContext(store, config, options, periodOf, clock());
    const answer = await ask(context);
    writeAnswer(answer, options.format, options.output);
    for (const note of answer.notes) process.stderr.write(`kaipo: ${safeText(note, 1024)}\n`);
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  } finally {
    await store?.close();
  }
}

/** Raises KAIPO_USAGE for a period that is none, KAIPO_NO_INTERFACE for an interface that was never recorded. */
export function historyContext(
  store: Store,
  config: KaipoConfig,
  options: HistoryOptions,
  periodOf: PeriodOf,
  nowUs: number,
): HistoryContext {
  const { interfaces = [], zone } = options;
  const info = store.info();
  checkInterfaces(store, interfaces);
  const width = screenWidth(options.output);
  return {
    store,
    info,
    config,
    nowUs,
    range: periodOf(options, info, nowUs),
    filter: { ...(interfaces.length > 0 && { interface: interfaces }), ...(zone !== undefined && { zone }) },
    color: options.color,
    ...(width !== undefined && { width }),
  };
}

function screenWidth(output: string | undefined): number | undefined {
  if (output !== undefined && output !== '-') return undefined;
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}
