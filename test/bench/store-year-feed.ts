// The same year as CSV files for SQLite: minutes of the last month, hours of what is older, and the names. Owns the files in one
// directory. Bound: the sums of one hour in memory.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { IntervalRecord, NamedSums } from '@kaipo/core/api/interval-record.js';
import { SERIES_KINDS, type SeriesKind } from '@kaipo/core/store/series-kind.js';

const US_PER_S = 1_000_000;
const FLUSH_CHARS = 1 << 20;

type FeedRow = Omit<NamedSums, 'flows'> & { readonly flows?: number };
interface Sums {
  readonly head: string;
  readonly numbers: number[];
}

/** Sums rows into buckets of one length and writes each bucket as CSV when it is over. */
class BucketFile {
  readonly #fd: number;
  readonly #lengthS: number;
  #startS = -1;
  #rows = new Map<string, Sums>();
  #text = '';
  rows = 0;

  constructor(path: string, lengthS: number) {
    this.#fd = openSync(path, 'w');
    this.#lengthS = lengthS;
  }

  add(atS: number, key: string, row: FeedRow): void {
    const startS = Math.floor(atS / this.#lengthS) * this.#lengthS;
    if (startS !== this.#startS) {
      this.flush();
      this.#startS = startS;
    }
    let sums = this.#rows.get(key);
    if (sums === undefined) {
      sums = { head: `${startS},${key}`, numbers: [0, 0, 0, 0, 0] };
      this.#rows.set(key, sums);
    }
    const { numbers } = sums;
    numbers[0]! += row.txBytes;
    numbers[1]! += row.rxBytes;
    numbers[2]! += row.txPackets;
    numbers[3]! += row.rxPackets;
    numbers[4]! += row.flows ?? 0;
  }

  flush(): void {
    for (const { head, numbers } of this.#rows.values()) this.#text += `${head},${numbers.join(',')}\n`;
    this.rows += this.#rows.size;
    this.#rows = new Map();
    if (this.#text.length > FLUSH_CHARS) this.#write();
  }

  close(): void {
    this.flush();
    this.#write();
    closeSync(this.#fd);
  }

  #write(): void {
    writeSync(this.#fd, this.#text);
    this.#text = '';
  }
}

export class SqliteFeed {
  readonly #dir: string;
  readonly #minutes: BucketFile;
  readonly #hours: BucketFile;
  readonly #minutesFromS: number;
  readonly #ids = new Map<string, number>();

  /** Minutes are kept from `minutesFromUs` on; it must be the begin of an hour. */
  constructor(dir: string, minutesFromUs: number) {
    this.#dir = dir;
    this.#minutesFromS = minutesFromUs / US_PER_S;
    this.#minutes = new BucketFile(join(dir, 'minutes.csv'), 60);
    this.#hours = new BucketFile(join(dir, 'hours.csv'), 3600);
  }

  add(interval: IntervalRecord): void {
    const atS = interval.startUs / US_PER_S;
    const file = atS >= this.#minutesFromS ? this.#minutes : this.#hours;
    const put = (kind: SeriesKind, rows: readonly FeedRow[]): void => {
      for (const row of rows) {
        if (row.txBytes + row.rxBytes + row.txPackets + row.rxPackets === 0) continue;
        const scope = `${this.#idOf('interface', row.interface ?? '-')},${row.zone ?? ''}`;
        file.add(atS, `${SERIES_KINDS.indexOf(kind)},${this.#idOf(kind, row.name)},${scope}`, row);
      }
    };
    put('interface', interval.interfaces);
    put('app', interval.apps);
    put('protocol', interval.protocols);
    put('host', interval.hosts);
    put('unknown', interval.unknown);
  }

  /** Answers the rows of both files. */
  close(): { readonly minutes: number; readonly hours: number } {
    this.#minutes.close();
    this.#hours.close();
    const fd = openSync(join(this.#dir, 'names.csv'), 'w');
    for (const [key, id] of this.#ids) writeSync(fd, `${id},${key}\n`);
    closeSync(fd);
    return { minutes: this.#minutes.rows, hours: this.#hours.rows };
  }

  #idOf(kind: SeriesKind, name: string): number {
    const key = `${SERIES_KINDS.indexOf(kind)},${name}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#ids.size + 1;
      this.#ids.set(key, id);
    }
    return id;
  }
}
