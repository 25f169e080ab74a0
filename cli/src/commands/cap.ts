// `kaipo cap`: each cap, its period and where it will end; exit 1 when one is over. Owns columns, `--add` and `--remove`.
import { tomlString, tomlValue } from '@kaipo/core/config/toml-text.js';
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_FOUND, EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { type Cap, type CapUsage, capUsage } from '@kaipo/core/query/cap-usage.js';
import { queryTotals } from '@kaipo/core/query/history.js';
import { localText } from '@kaipo/core/query/time-range.js';
import type { Store } from '@kaipo/core/store/store.js';
import type { DataOptions } from '../command-line/command-line.js';
import { interfaceNames } from '../history/check-interfaces.js';
import { openStoreOf } from '../history/open-history.js';
import { forecastNote as coverageNote, knownShare, periodNotes } from '../history/period-notes.js';
import { alignedTable } from '../output/aligned-table.js';
import { type DataAnswer, writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { loadSettings } from '../settings/settings.js';

export interface CapOptions extends DataOptions {
  readonly add?: string;
  readonly remove?: string;
  readonly limit?: string;
  readonly interfaces: readonly string[];
}

const US_PER_S = 1_000_000;
const ADD = 'kaipo cap --add NAME --limit 500GB';

export async function runCap(options: CapOptions): Promise<number> {
  let store: Store | undefined;
  try {
    if (options.add !== undefined && options.remove !== undefined) {
      throw new KaipoError('KAIPO_USAGE', '--add and --remove at once', 'kaipo cap --remove NAME');
    }
    if (options.add !== undefined) return await addCap(options.add, options);
    if (options.remove !== undefined) return await removeCap(options.remove, options);
    if (options.limit !== undefined || options.interfaces.length > 0) {
      throw new KaipoError('KAIPO_USAGE', '--limit and --interface describe a cap that is added', ADD);
    }
    const { config } = await loadSettings(options);
    if (config.caps.length === 0) process.stderr.write(`kaipo: no cap is configured; add one with: ${ADD}\n`);
    else store = await openStoreOf(config);
    const nowUs = wallClockUs();
    const opened = store;
    const usages = opened === undefined ? [] : usagesOf(opened, config.caps, nowUs);
    writeAnswer(answer(usages, nowUs), options.format, options.output);
    if (opened !== undefined)
      for (const note of capNotes(opened, usages, nowUs)) process.stderr.write(`kaipo: ${note}\n`);
    return usages.some(({ state }) => state === 'over') ? EXIT_FOUND : EXIT_OK;
  } catch (error) {
    return reportError(error);
  } finally {
    await store?.close();
  }
}

/** Each cap, its period and where it will end. */
export function capsAnswer(store: Store, caps: readonly Cap[], nowUs: number): DataAnswer {
  return answer(usagesOf(store, caps, nowUs), nowUs);
}

function usagesOf(store: Store, caps: readonly Cap[], nowUs: number): ToldUsage[] {
  return caps.map((cap) => {
    const usage = capUsage(store, cap, nowUs);
    return { ...usage, recordedShare: recordedShareOf(store, usage, nowUs) };
  });
}

/** What is not in the used bytes: interfaces nobody recorded, time nobody recorded. */
function capNotes(store: Store, usages: readonly CapUsage[], nowUs: number): string[] {
  const known = new Set(interfaceNames(store));
  const info = store.info();
  const notes = usages.flatMap(({ cap, period: range }) => {
    const period = { store, info, range, nowUs };
    const missing = cap.interfaces.filter((name) => !known.has(name));
    return [
      ...missing.map((name) => `interface ${name} was never recorded`),
      ...periodNotes(period, queryTotals(store, range)),
    ].map((note) => `${cap.name}: ${note}`);
  });
  return notes.map((note) => safeText(note, 1024));
}

/** A [[cap]] at the end of the file, checked as a whole before it is written. */
async function addCap(name: string, options: CapOptions): Promise<number> {
  const { limit, interfaces } = options;
  if (limit === undefined) throw new KaipoError('KAIPO_USAGE', 'a cap needs --limit', ADD);
  // Loaded now: this is the rare way.
  const { changeFile, configFileToChange } = await import('../settings/change-config-file.js');
  const file = configFileToChange(options);
  const among = interfaces.length === 0 ? '' : `interfaces = ${tomlValue(interfaces)}\n`;
  const block = `[[cap]]\nname = ${tomlString(name)}\nlimit = ${tomlString(limit)}\n${among}`;
  changeFile(file, (text) => {
    const newline = text.includes('\r\n') ? '\r\n' : '\n';
    const gap = text === '' ? '' : text.endsWith('\n') ? newline : newline + newline;
    return text + gap + block.replaceAll('\n', newline);
  });
  process.stderr.write(`kaipo: added the cap ${safeText(name)} to ${safeText(file, 4096)}\n`);
  return EXIT_OK;
}

/** Takes a [[cap]] out of the file; everything else in it stays. */
async function removeCap(name: string, options: CapOptions): Promise<number> {
  const { changeFile, configFileToChange } = await import('../settings/change-config-file.js');
  const { removeElement } = await import('@kaipo/core/config/edit-toml.js');
  const file = configFileToChange(options);
  changeFile(file, (text) => {
    const without = removeElement(text, ['cap'], 'name', name);
    if (without !== undefined) return without;
    const told = `${file} has no [[cap]] with the name "${name}"`;
    throw new KaipoError('KAIPO_USAGE', told, 'kaipo config show --origin');
  });
  process.stderr.write(`kaipo: removed the cap ${safeText(name)} from ${safeText(file, 4096)}\n`);
  return EXIT_OK;
}

/** With the part of the time so far of which the bytes are known. */
type ToldUsage = CapUsage & { readonly recordedShare: number };

function recordedShareOf(store: Store, { period: range }: CapUsage, nowUs: number): number {
  return knownShare({ store, info: store.info(), range, nowUs }, queryTotals(store, range));
}

function record({
  cap,
  period,
  usedBytes,
  remainingBytes,
  share,
  daysLeft,
  state,
  forecast,
  recordedShare,
}: ToldUsage) {
  return {
    name: cap.name,
    state,
    from: period.fromUs / US_PER_S,
    to: period.toUs / US_PER_S,
    usedBytes,
    limitBytes: cap.limitBytes,
    remainingBytes,
    share: Number(share.toFixed(6)),
    daysLeft: Number(daysLeft.toFixed(3)),
    direction: cap.direction,
    ...(cap.interfaces.length > 0 && { interfaces: cap.interfaces }),
    ...(cap.zone !== undefined && { zone: cap.zone }),
    ...(forecast !== undefined && {
      forecast: {
        ...forecast,
        rateShare: Number(forecast.rateShare.toFixed(6)),
        passesLimit: forecast.bytes > cap.limitBytes,
        recordedShare: Number(recordedShare.toFixed(4)),
      },
    }),
  };
}

const COLUMNS = [
  'name',
  'state',
  'from',
  'to',
  'usedBytes',
  'limitBytes',
  'remainingBytes',
  'share',
  'daysLeft',
  'direction',
] as const;

function answer(usages: readonly ToldUsage[], nowUs: number): DataAnswer {
  const rows = usages.map(record);
  return {
    document: { schema: 'kaipo.cap/1', at: nowUs / US_PER_S, rows },
    records: [
      { type: 'caps', at: nowUs / US_PER_S, configured: rows.length },
      ...rows.map((row) => ({ type: 'cap', ...row })),
    ],
    csv: {
      columns: [...COLUMNS, 'forecastBytes', 'forecastBy'],
      rows: rows.map((row) => [...COLUMNS.map((column) => row[column]), row.forecast?.bytes, row.forecast?.by]),
    },
    table: () => (usages.length === 0 ? '' : capTable(usages)),
  };
}

function capTable(usages: readonly ToldUsage[]): string {
  const head = ['Cap', 'State', 'Used', 'Limit', 'Share', 'Left', 'Days left', 'Forecast', 'Ends'];
  const rows = usages.map(({ cap, period, usedBytes, remainingBytes, share, daysLeft, state, forecast }) => [
    safeText(cap.name),
    state,
    formatBytes(usedBytes),
    formatBytes(cap.limitBytes),
    `${(share * 100).toFixed(0)} %`,
    formatBytes(remainingBytes),
    daysLeft.toFixed(1),
    forecast === undefined ? '–' : formatBytes(forecast.bytes),
    localText(period.toUs).slice(0, 16),
  ]);
  const notes = usages.map((usage) => `  ${safeText(usage.cap.name)}: ${forecastNote(usage)}\n`);
  return `${alignedTable(head, rows)}\n${notes.join('')}`;
}

/** What will be, and how that is known. */
function forecastNote({ cap, state, forecast, recordedShare }: ToldUsage): string {
  if (forecast === undefined) return 'no forecast yet: less than an hour was recorded';
  const { by, patternDays, rateShare, bytes } = forecast;
  const percent = Math.round(rateShare * 100);
  const pattern = `the weekdays of the last ${patternDays} days`;
  const how = {
    rate: 'the rest of the period as the period so far',
    weekdays: pattern,
    'rate+weekdays': `${percent} % the period so far, ${100 - percent} % ${pattern}`,
  }[by];
  const isPassing = bytes > cap.limitBytes;
  const what =
    state === 'over' ? 'its limit is reached' : isPassing ? 'will pass its limit' : 'will stay below its limit';
  const low = coverageNote(recordedShare);
  return `${what} (forecast from ${how}${low === undefined ? '' : `; ${low}`})`;
}
