// One moment of the store, read. Owns nothing but the reader it was given.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Incident } from '../api/alert-sink.js';
import type { FlowRecord } from '../api/events.js';
import type { BookRow, Scope } from '../api/interval-record.js';
import { readState } from './batch-writer.js';
import type { BlockReader } from './block-access.js';
import { decodeBlock } from './block-codec.js';
import { bookRows } from './books-block.js';
import { coverPeriod, readBuckets, type Segment, visitBucketRows } from './bucket-reader.js';
import type { BucketRows } from './bucket-rows.js';
import { ChunkMemory } from './chunk-memory.js';
import { readName } from './dictionary.js';
import {
  type AnsweredName,
  bytesOfFlowRow,
  FLOW_END_COLUMN,
  flowFromRow,
  NAME_TIME_COLUMN,
  nameFromRow,
} from './flow-rows.js';
import { readIncident, readOpenIncidents, visitIncidents } from './incident-log.js';
import { DATA_FILE } from './lmdb-file.js';
import { visitRows } from './minute-log.js';
import { parseScopeName } from './scope-name.js';
import { SeriesBlock } from './series-block.js';
import type { NameKind, SeriesKind, SeriesName } from './series-kind.js';
import type { StoreInfo, StoreView } from './store.js';
import {
  ALERT_DESK_KEY,
  BASELINE_KEY,
  type BlockKind,
  FORMAT_KEY,
  learnedKey,
  type StoreKey,
  WRITER_KEY,
} from './store-keys.js';
import { RESOLUTIONS_S, type ResolutionS } from './store-limits.js';
import { readDevice } from './store-migrations.js';
import type { StoreState } from './store-state.js';
import { type TotalsSums, totalsOf } from './totals-block.js';
import { isWriterAlive, parseWriter } from './writer-lock.js';

const US_PER_S = 1_000_000;

export class LmdbView implements StoreView {
  readonly #dir: string;
  readonly #reader: BlockReader;
  readonly #state: StoreState;
  #memory: ChunkMemory | undefined;
  readonly #names = new Map<string, SeriesName>();

  constructor(dir: string, reader: BlockReader) {
    this.#dir = dir;
    this.#reader = reader;
    this.#state = readState(reader);
  }

  info(): StoreInfo {
    const state = this.#state;
    const device = readDevice(this.#reader);
    const formatBytes = this.#reader.get(FORMAT_KEY);
    const format = (formatBytes === undefined ? {} : decodeBlock(formatBytes)) as {
      version?: number;
      keyCheck?: unknown;
    };
    const writerBytes = this.#reader.get(WRITER_KEY);
    const writer = writerBytes === undefined ? undefined : parseWriter(decodeBlock(writerBytes));
    return {
      dir: this.#dir,
      formatVersion: format.version ?? 0,
      isEncrypted: format.keyCheck !== undefined,
      fileBytes: statSync(join(this.#dir, DATA_FILE)).size,
      intervals: state.intervals,
      flows: state.flowCount,
      flowBytes: state.flowBytes,
      nameBytes: state.nameBytes,
      refusedNames: Object.values(state.refusedNames).reduce((sum, count) => sum + count, 0),
      alignS: state.alignS,
      incidents: state.incidentCount,
      removedIncidents: state.removedIncidents,
      prunedBytes: state.prunedBytes,
      ...(device === undefined ? {} : { device }),
      ...this.recorded(),
      ...(state.mode === '' ? {} : { mode: state.mode }),
      ...(writer !== undefined && isWriterAlive(writer, this.#dir) ? { writer } : {}),
    };
  }

  recorded(): Pick<StoreInfo, 'firstUs' | 'newestUs' | 'lastEndUs'> {
    const { firstS, newestS, lastEndUs } = this.#state;
    if (newestS < 0) return {};
    return { firstUs: firstS * US_PER_S, newestUs: newestS * US_PER_S, lastEndUs };
  }

  segments(fromUs: number, toUs: number): readonly Segment[] {
    return coverPeriod(this.#state, Math.ceil(fromUs / US_PER_S), Math.ceil(toUs / US_PER_S));
  }

  finestResolutionS(atUs: number): ResolutionS {
    // What was recorded first bounds the question: before that nothing is kept in any resolution.
    const atS = Math.max(atUs / US_PER_S, this.#state.firstS);
    return RESOLUTIONS_S.find((_, level) => atS >= this.#state.prunedBeforeS[level]!) ?? RESOLUTIONS_S.at(-1)!;
  }

  readTotals(
    resolutionS: ResolutionS,
    fromUs: number,
    toUs: number,
    visit: (startUs: number, sums: TotalsSums) => boolean | undefined,
  ): void {
    for (const { startS, block } of this.#buckets('totals', resolutionS, fromUs, toUs)) {
      if (block.length > 0 && visit(startS * US_PER_S, totalsOf(block)) === false) return;
    }
  }

  readSeries(
    kind: SeriesKind,
    resolutionS: ResolutionS,
    fromUs: number,
    toUs: number,
    visit: (startUs: number, series: SeriesBlock) => boolean | undefined,
  ): void {
    for (const { startS, block } of this.#buckets(kind, resolutionS, fromUs, toUs)) {
      if (visit(startS * US_PER_S, new SeriesBlock(block)) === false) return;
    }
  }

  readBooks(
    resolutionS: ResolutionS,
    fromUs: number,
    toUs: number,
    visit: (startUs: number, rows: readonly BookRow[]) => boolean | undefined,
  ): void {
    for (const { startS, block } of this.#buckets('books', resolutionS, fromUs, toUs)) {
      const rows = bookRows(block, (id) => this.nameOf('interface', id).name);
      if (visit(startS * US_PER_S, rows) === false) return;
    }
  }

  readRows(
    kind: BlockKind,
    resolutionS: ResolutionS,
    fromUs: number,
    toUs: number,
    columns: number,
    visit: (rows: BucketRows) => boolean | undefined,
  ): void {
    const level = RESOLUTIONS_S.indexOf(resolutionS);
    const { fromS, toS } = this.#seconds(fromUs, toUs);
    // A visitor that reads on its own gets memory of its own.
    const memory = this.#memory ?? new ChunkMemory();
    this.#memory = undefined;
    try {
      visitBucketRows(this.#reader, this.#state, { kind, level, columns }, fromS, toS, memory, visit);
    } finally {
      this.#memory = memory;
    }
  }

  scopeOf(id: number): Scope {
    return id === 0 ? {} : parseScopeName(this.nameOf('scope', id).name);
  }

  readIncidents(fromUs: number, toUs: number, visit: (incident: Incident) => boolean | undefined): void {
    visitIncidents(this.#reader, this.#state, fromUs, toUs, visit);
  }

  incident(id: string): Incident | undefined {
    return readIncident(this.#reader, id);
  }

  openIncidents(): readonly Incident[] {
    return readOpenIncidents(this.#reader);
  }

  alertDesk(): unknown {
    return this.#record(ALERT_DESK_KEY);
  }

  learned(rule: string): unknown {
    return this.#record(learnedKey(rule));
  }

  baseline(): unknown {
    return this.#record(BASELINE_KEY);
  }

  #record(key: StoreKey): unknown {
    const bytes = this.#reader.get(key);
    return bytes === undefined ? undefined : decodeBlock(bytes);
  }

  nameOf(kind: NameKind, id: number): SeriesName {
    const key = `${kind}:${id}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = readName(kind, id, this.#reader);
      this.#names.set(key, name);
    }
    return name;
  }

  readFlows(
    fromUs: number,
    toUs: number,
    limit: number,
    visit: (flow: FlowRecord) => void,
    isWanted?: (bytes: number) => boolean,
  ): boolean {
    return this.#readLog('flows', FLOW_END_COLUMN, fromUs, toUs, limit, (row) => {
      if (isWanted?.(bytesOfFlowRow(row)) !== false) visit(flowFromRow(row));
    });
  }

  readNames(fromUs: number, toUs: number, limit: number, visit: (name: AnsweredName) => void): boolean {
    return this.#readLog('names', NAME_TIME_COLUMN, fromUs, toUs, limit, (row) => visit(nameFromRow(row)));
  }

  #buckets(kind: BlockKind, resolutionS: ResolutionS, fromUs: number, toUs: number) {
    const level = RESOLUTIONS_S.indexOf(resolutionS);
    const { fromS, toS } = this.#seconds(fromUs, toUs);
    return readBuckets(this.#reader, this.#state, kind, level, fromS, toS);
  }

  #seconds(fromUs: number, toUs: number): { readonly fromS: number; readonly toS: number } {
    return {
      fromS: Math.ceil(fromUs / US_PER_S),
      // Nothing is newer than the newest row: an open end costs nothing.
      toS: Math.min(Math.ceil(toUs / US_PER_S), this.#state.newestS + 1),
    };
  }

  #readLog(
    log: 'flows' | 'names',
    timeColumn: number,
    fromUs: number,
    toUs: number,
    limit: number,
    visit: (row: Parameters<typeof flowFromRow>[0]) => void,
  ): boolean {
    let left = limit;
    let more = false;
    visitRows(this.#reader, log, fromUs, toUs, timeColumn, (row) => {
      if (left === 0) {
        more = true;
        return false;
      }
      left -= 1;
      visit(row);
      return true;
    });
    return more;
  }
}
