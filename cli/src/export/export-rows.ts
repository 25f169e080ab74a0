// The rows of an export, one after another. Owns reading history piece by piece. Bound: CHUNK_STEPS steps or PIECE_ROWS flows
// and names in memory, however long the period.
import type { FlowRecord } from '@kaipo/core/api/events.js';
import {
  type Filter,
  type HistoryRow,
  queryBy,
  queryFlows,
  queryNames,
  queryPeriods,
  queryUnknown,
} from '@kaipo/core/query/history.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import { type Step, stepsOf } from '@kaipo/core/query/time-steps.js';
import type { SeriesKind } from '@kaipo/core/store/series-kind.js';
import type { Store } from '@kaipo/core/store/store.js';
import { isRecorded } from '../history/period-notes.js';
import { secondsOf, stepFields, usageFields } from '../history/usage-fields.js';
import { withoutHost } from '../history/without-host.js';
import { type ExportRow, type ExportTable, SERIES_TABLES } from './export-tables.js';

const CHUNK_STEPS = 512;
const HOUR_US = 3_600_000_000;
const MAX_ROWS = 500_000;
/** Flows or names in memory at once. */
const PIECE_ROWS = 50_000;

export interface ExportQuestion {
  readonly store: Store;
  readonly range: TimeRange;
  readonly step: Step;
  readonly filter: Filter;
  /** Flows or names in memory at once; default PIECE_ROWS. */
  readonly pieceRows?: number;
  /** How far the reading is, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** In order of time; only steps in which something was recorded. */
export function* exportRows(question: ExportQuestion, table: ExportTable): Generator<ExportRow> {
  const { range, onProgress } = question;
  const series = SERIES_TABLES[table];
  for (const [part, rows] of partsOf(question, table, series)) {
    yield* rows;
    onProgress?.((part.toUs - range.fromUs) / (range.toUs - range.fromUs));
  }
}

type Part = readonly [TimeRange, Iterable<ExportRow>];

function* partsOf(
  question: ExportQuestion,
  table: ExportTable,
  series: readonly [SeriesKind, string] | undefined,
): Generator<Part> {
  const { store, range, filter, pieceRows = PIECE_ROWS } = question;
  if (table === 'flows' || table === 'dns') {
    for (const [hour] of recordedSteps(question, HOUR_US)) {
      if (table === 'dns') yield [hour, inPieces(hour, (part) => nameRows(store, part, pieceRows))];
      else yield [hour, inPieces(hour, (part) => flowRows(store, part, filter, pieceRows))];
    }
    return;
  }
  for (const [step, totals] of recordedSteps({ ...question, range }, question.step)) {
    if (series === undefined) yield [step, [totals]];
    else yield [step, seriesRows(question, step, ...series)];
  }
}

interface Piece {
  readonly rows: readonly ExportRow[];
  /** There is more in this time than was read. */
  readonly more: boolean;
}

/** All rows of a time, however many: what is too much at once is read in halves. */
function* inPieces(range: TimeRange, read: (range: TimeRange) => Piece): Generator<ExportRow> {
  const { rows, more } = read(range);
  const middleUs = Math.floor((range.fromUs + range.toUs) / 2);
  // Half a million in one microsecond: no clock tells them apart.
  if (!more || middleUs === range.fromUs) {
    yield* rows;
    return;
  }
  yield* inPieces({ fromUs: range.fromUs, toUs: middleUs }, read);
  yield* inPieces({ fromUs: middleUs, toUs: range.toUs }, read);
}

/** Steps in which something was recorded, with their sums. */
function* recordedSteps({ store, range, filter }: ExportQuestion, step: Step): Generator<[TimeRange, ExportRow]> {
  let chunk: TimeRange[] = [];
  const read = function* (): Generator<[TimeRange, ExportRow]> {
    for (const [index, totals] of queryPeriods(store, chunk, filter).entries()) {
      if (!isRecorded(totals)) continue;
      const { recorded: _, ...fields } = stepFields(chunk[index]!, totals);
      yield [chunk[index]!, { ...fields }];
    }
    chunk = [];
  };
  for (const part of stepsOf(range, step)) {
    chunk.push(part);
    if (chunk.length >= CHUNK_STEPS) yield* read();
  }
  yield* read();
}

/** Rows by name; for applications also what is unknown, for hosts what has none, so that they add up to what was captured. */
function* seriesRows(
  { store, filter }: ExportQuestion,
  step: TimeRange,
  kind: SeriesKind,
  field: string,
): Generator<ExportRow> {
  const [from, to] = [secondsOf(step.fromUs), secondsOf(step.toUs)];
  const { rows, other, total } = queryBy(store, kind, step, { limit: MAX_ROWS, filter });
  for (const row of rows) yield seriesRow(from, to, field, row);
  if (other !== undefined) yield seriesRow(from, to, field, other);
  const nameless = kind === 'host' ? withoutHost(store, step, filter, total) : undefined;
  if (nameless !== undefined) yield { from, to, nameless: true, ...usageFields(nameless), flows: nameless.flows };
  if (kind !== 'app') return;
  const { reasons, flows, ...sums } = queryUnknown(store, step, filter);
  if (sums.txBytes + sums.rxBytes > 0) {
    yield { from, to, app: 'unknown', unknown: true, reasons, ...usageFields(sums), flows };
  }
}

/** Filled in field by field: a year has millions of them. */
function seriesRow(from: number, to: number, field: string, row: HistoryRow): ExportRow {
  const made: Record<string, unknown> = { from, to };
  made[field] = row.name;
  if (row.exe !== undefined) made['exe'] = row.exe;
  if (row.user !== undefined) made['user'] = row.user;
  if (row.unit !== undefined) made['unit'] = row.unit;
  if (row.container !== undefined) made['container'] = row.container;
  if (row.class !== undefined) made['class'] = row.class;
  if (row.quality !== undefined) made['quality'] = row.quality;
  made['txBytes'] = row.txBytes;
  made['rxBytes'] = row.rxBytes;
  made['totalBytes'] = row.txBytes + row.rxBytes;
  made['txPackets'] = row.txPackets;
  made['rxPackets'] = row.rxPackets;
  made['flows'] = row.flows;
  return made;
}

function flowRows(store: Store, range: TimeRange, filter: Filter, limit: number): Piece {
  const { flows, count, more } = queryFlows(store, range, { ...filter, limit, sort: 'start' });
  return { rows: flows.map(flowRow), more: more || count > flows.length };
}

function flowRow(flow: FlowRecord): ExportRow {
  const { id, transport, client, server, startUs, endUs, owner, protocol, application, serverName } = flow;
  return {
    id,
    start: secondsOf(startUs),
    end: secondsOf(endUs),
    transport,
    clientIp: client.ip,
    ...(client.port !== undefined && { clientPort: client.port }),
    clientBytes: client.bytes,
    clientPackets: client.packets,
    serverIp: server.ip,
    ...(server.port !== undefined && { serverPort: server.port }),
    serverBytes: server.bytes,
    serverPackets: server.packets,
    ...(serverName !== undefined && { serverName }),
    ...(protocol !== undefined && { protocol }),
    ...(application !== undefined && { application }),
    ...(owner !== undefined && { app: owner.app }),
    ...(owner?.pid !== undefined && { pid: owner.pid }),
    ...(flow.interface !== undefined && { interface: flow.interface }),
  };
}

function nameRows(store: Store, range: TimeRange, limit: number): Piece {
  const { rows, count, more } = queryNames(store, range, { limit, raw: true });
  const named = rows.map(({ name, qtype, rcode, client, answers, lastUs }) => ({
    ts: secondsOf(lastUs),
    name,
    qtype,
    rcode,
    clientIp: client,
    ...(answers.length > 0 && { answers: answers.join(' ') }),
  }));
  // Latest first as asked; an export goes on in order of time.
  return { rows: named.reverse(), more: more || count > rows.length };
}
