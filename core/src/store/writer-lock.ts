// Who writes the store. Owns the record of the writer and whether that process still lives; the transaction of the store
// makes taking it atomic. Must not know what is written.
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import type { Clock } from '../kernel/clock.js';
import { isBeaconAnswering } from './writer-beacon.js';

export interface WriterRecord {
  readonly pid: number;
  /** Start of the process in kernel ticks and the boot it belongs to: a pid alone is given out again. Empty where unknown. */
  readonly startTicks: string;
  readonly bootId: string;
  readonly sinceUs: number;
  /** Distinguishes two stores of one process. */
  readonly token: string;
  /** Where the recorder answers, for views that want to attach to it. */
  readonly socket?: string;
  /** The namespace the pid is of: elsewhere the number means another process, or none. Absent where there are none. */
  readonly pidNamespace?: string;
  /** The socket in the store's folder that tells of life across namespaces; see writer-beacon.ts. */
  readonly beacon?: string;
}

const MAX_SOCKET_CHARS = 4096;
/** A beacon is asked in a child process: its answer holds for a moment. */
const ANSWER_HOLDS_MS = 2000;

export function newWriterToken(): string {
  return randomBytes(9).toString('base64url');
}

export function thisWriter(
  clock: Clock,
  extra: {
    readonly token?: string;
    readonly socket?: string | undefined;
    readonly beacon?: string | undefined;
  } = {},
): WriterRecord {
  const namespace = pidNamespace();
  return {
    pid: process.pid,
    startTicks: startTicksOf(process.pid) ?? '',
    bootId: bootId(),
    sinceUs: clock(),
    token: extra.token ?? newWriterToken(),
    ...(extra.socket === undefined ? {} : { socket: extra.socket }),
    ...(namespace === undefined ? {} : { pidNamespace: namespace }),
    ...(extra.beacon === undefined ? {} : { beacon: extra.beacon }),
  };
}

export function parseWriter(value: unknown): WriterRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Partial<WriterRecord>;
  const sound = Number.isInteger(record.pid) && Number(record.pid) > 0 && typeof record.token === 'string';
  if (!sound) return undefined;
  return {
    pid: Number(record.pid),
    startTicks: String(record.startTicks ?? ''),
    bootId: String(record.bootId ?? ''),
    sinceUs: Number(record.sinceUs ?? 0),
    token: String(record.token),
    ...(isText(record.socket) ? { socket: record.socket } : {}),
    ...(isText(record.pidNamespace) ? { pidNamespace: record.pidNamespace } : {}),
    ...(isText(record.beacon) ? { beacon: record.beacon } : {}),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_SOCKET_CHARS;
}

/** Is the pid one of another container, or of the host while this is a container? */
export function isWriterElsewhere(writer: WriterRecord): boolean {
  const here = pidNamespace();
  return writer.pidNamespace !== undefined && here !== undefined && writer.pidNamespace !== here;
}

/**
 * Does the process that wrote this record into the store in `dir` still run? In doubt: yes. `isSure`: ask again what was asked a
 * moment ago.
 */
export function isWriterAlive(writer: WriterRecord, dir: string, isSure = false): boolean {
  if (writer.bootId !== '' && writer.bootId !== bootId()) return false;
  if (isWriterElsewhere(writer)) return isAnsweringElsewhere(writer, dir, isSure);
  try {
    process.kill(writer.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to someone else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const ticks = startTicksOf(writer.pid);
  return ticks === undefined || writer.startTicks === '' || ticks === writer.startTicks;
}

const answers = new Map<string, { readonly isAlive: boolean; readonly atMs: number }>();

function isAnsweringElsewhere({ token, beacon }: WriterRecord, dir: string, isSure: boolean): boolean {
  if (beacon === undefined) return true;
  const known = answers.get(token);
  if (!isSure && known !== undefined && performance.now() - known.atMs < ANSWER_HOLDS_MS) return known.isAlive;
  const isAlive = isBeaconAnswering(dir, beacon) ?? true;
  answers.clear();
  answers.set(token, { isAlive, atMs: performance.now() });
  return isAlive;
}

function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); a zombie no longer writes. Undefined where there is no /proc. */
function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in brackets may hold anything: fields are counted after the last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : fields[19];
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}
