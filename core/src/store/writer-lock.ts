// Who writes the store. Owns the record of the writer and whether that process still lives; the transaction of the store
// makes taking it atomic. Must not know what is written.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Clock } from '../kernel/clock.js';

export interface WriterRecord {
  readonly pid: number;
  /** Start of the process in kernel ticks and the boot it belongs to: a pid alone is given out again. Empty where unknown. */
  readonly startTicks: string;
  readonly bootId: string;
  readonly sinceUs: number;
  /** Distinguishes two stores of one process. */
  readonly token: string;
}

export function thisWriter(clock: Clock): WriterRecord {
  return {
    pid: process.pid,
    startTicks: startTicksOf(process.pid) ?? '',
    bootId: bootId(),
    sinceUs: clock(),
    token: randomBytes(9).toString('base64url'),
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
  };
}

/** Does the process that wrote this record still run? */
export function isWriterAlive(writer: WriterRecord): boolean {
  if (writer.bootId !== '' && writer.bootId !== bootId()) return false;
  try {
    process.kill(writer.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to someone else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const ticks = startTicksOf(writer.pid);
  return ticks === undefined || writer.startTicks === '' || ticks === writer.startTicks;
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
