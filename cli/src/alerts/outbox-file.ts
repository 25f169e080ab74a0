// The outbox as a file: a journal that is only added to, one line a change with its checksum, written through to the disk before anybody
// counts on it. A line that was cut off by a crash never happened. Bound: it is written anew when most of it is of the past.
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { isOutboxRecord, type OutboxRecord, type OutboxStore } from './outbox-record.js';

/** The past may be as long as this, or as long as what holds, whichever is more. */
const REWRITE_BYTES = 1_000_000;

export const OUTBOX_FILE = 'outbox.journal';

interface Journal {
  readonly records: Map<string, OutboxRecord>;
  /** Where the last whole line ends. */
  readonly validBytes: number;
  /** Whole lines that made no sense. */
  readonly damaged: number;
}

/** What a journal holds now, without touching it; nothing when there is none. */
export function readOutbox(path: string): readonly OutboxRecord[] {
  return [...readJournal(path).records.values()];
}

export class OutboxFile implements OutboxStore {
  readonly #path: string;
  readonly #records: Map<string, OutboxRecord>;
  readonly damaged: number;
  #fd: number;
  #bytes: number;
  #liveBytes = 0;

  /** One process at a time: who writes the store. */
  constructor(path: string) {
    this.#path = path;
    const { records, validBytes, damaged } = readJournal(path);
    this.#records = records;
    this.damaged = damaged;
    this.#fd = openSync(path, 'a', 0o600);
    // Half a line, and the next behind it, would be two that are lost.
    ftruncateSync(this.#fd, validBytes);
    this.#bytes = validBytes;
    for (const record of records.values()) this.#liveBytes += sizeOf(record);
    syncDirectory(path);
  }

  load(): readonly OutboxRecord[] {
    return [...this.#records.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  change(put: readonly OutboxRecord[], remove: readonly string[]): void {
    if (put.length === 0 && remove.length === 0) return;
    const line = lineOf(put, remove);
    try {
      writeAll(this.#fd, line);
      fsyncSync(this.#fd);
    } catch (error) {
      // A full disk: what reached it is taken back, so that the next line begins where a line begins.
      ftruncateSync(this.#fd, this.#bytes);
      throw error;
    }
    this.#bytes += line.length;
    applyTo(this.#records, put, remove, (bytes) => {
      this.#liveBytes += bytes;
    });
    if (this.#bytes <= REWRITE_BYTES || this.#bytes <= 2 * this.#liveBytes) return;
    try {
      this.#rewrite();
    } catch {
      // What changed is on the disk; the past goes another time.
    }
  }

  #rewrite(): void {
    const beside = `${this.#path}.new`;
    const text = lineOf(this.load(), []);
    const fd = openSync(beside, 'w', 0o600);
    try {
      writeAll(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(beside, this.#path);
    syncDirectory(this.#path);
    closeSync(this.#fd);
    this.#fd = openSync(this.#path, 'a', 0o600);
    this.#bytes = text.length;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

const sizeOf = (record: OutboxRecord): number => Buffer.byteLength(JSON.stringify(record));

/** Checksum, blank, JSON. */
function lineOf(put: readonly OutboxRecord[], remove: readonly string[]): Buffer {
  const json = Buffer.from(JSON.stringify({ put, remove }));
  return Buffer.concat([Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} `), json, Buffer.from('\n')]);
}

function readJournal(path: string): Journal {
  const records = new Map<string, OutboxRecord>();
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { records, validBytes: 0, damaged: 0 };
    throw error;
  }
  let damaged = 0;
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    const change = changeOf(bytes.subarray(start, end));
    if (change === undefined) damaged += 1;
    else applyTo(records, change.put, change.remove);
    start = end + 1;
  }
  return { records, validBytes: start, damaged };
}

function changeOf(line: Buffer): { put: OutboxRecord[]; remove: string[] } | undefined {
  const json = line.subarray(9);
  if (Number.parseInt(line.toString('latin1', 0, 8), 16) !== crc32(json)) return undefined;
  try {
    const { put, remove } = JSON.parse(json.toString()) as { put: unknown[]; remove: unknown[] };
    return { put: put.filter(isOutboxRecord), remove: remove.filter((key) => typeof key === 'string') };
  } catch {
    return undefined;
  }
}

function applyTo(
  records: Map<string, OutboxRecord>,
  put: readonly OutboxRecord[],
  remove: readonly string[],
  grew?: (bytes: number) => void,
): void {
  for (const key of [...remove, ...put.map((record) => record.key)]) {
    const present = records.get(key);
    if (present === undefined) continue;
    grew?.(-sizeOf(present));
    records.delete(key);
  }
  for (const record of put) {
    grew?.(sizeOf(record));
    records.set(record.key, record);
  }
}

/** A name that was made or changed is on the disk only when its directory is. */
function syncDirectory(path: string): void {
  const fd = openSync(dirname(path), 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
