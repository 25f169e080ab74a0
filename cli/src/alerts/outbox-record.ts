// What the outbox keeps, and where: values that survive a crash. Owns the shapes and what a damaged one is.
import type { Delivery } from '@kaipo/core/api/alert-sink.js';

/** Waits for its channel. */
export interface WaitingRecord {
  readonly kind: 'waiting';
  /** Unique; the order in which they came, sixteen hex digits. */
  readonly key: string;
  readonly channel: string;
  readonly delivery: Delivery;
  readonly failures: number;
  /** Not before. */
  readonly dueMs: number;
  /** What the last try came to. */
  readonly detail?: string;
}

/** Given up: nobody was told. */
export interface DeadRecord {
  readonly kind: 'dead';
  readonly key: string;
  readonly channel: string;
  readonly delivery: Delivery;
  readonly failures: number;
  readonly atMs: number;
  readonly detail: string;
}

/** The receiver of a channel wants nothing more, until the channel leads elsewhere. */
export interface GoneRecord {
  readonly kind: 'gone';
  readonly key: string;
  readonly channel: string;
  /** Where the channel led to; a digest of it. */
  readonly fingerprint: string;
  readonly atMs: number;
  readonly detail: string;
}

export type OutboxRecord = WaitingRecord | DeadRecord | GoneRecord;

/** Where records are. What returned from `change` is there after a crash; all of one call, or nothing of it. */
export interface OutboxStore {
  /** Everything, in the order of keys. */
  load(): readonly OutboxRecord[];
  change(put: readonly OutboxRecord[], remove: readonly string[]): void;
  close(): void;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const areTexts = (value: Record<string, unknown>, names: readonly string[]): boolean =>
  names.every((name) => typeof value[name] === 'string');

/** Of what was read; somebody may have been at the file. */
export function isOutboxRecord(value: unknown): value is OutboxRecord {
  if (!isObject(value) || !areTexts(value, ['key', 'channel'])) return false;
  if (value['kind'] === 'gone') return areTexts(value, ['fingerprint', 'detail']) && typeof value['atMs'] === 'number';
  if (value['kind'] !== 'waiting' && value['kind'] !== 'dead') return false;
  return typeof value['failures'] === 'number' && isDelivery(value['delivery']);
}

function isDelivery(value: unknown): boolean {
  if (!isObject(value) || !areTexts(value, ['id', 'reason']) || typeof value['atUs'] !== 'number') return false;
  const { incidents, device } = value;
  return (
    isObject(device) &&
    areTexts(device, ['id', 'hostname']) &&
    Array.isArray(incidents) &&
    incidents.every(
      (one) =>
        isObject(one) &&
        areTexts(one, ['id', 'rule', 'severity', 'subject', 'summary']) &&
        isObject(one['evidence']) &&
        isObject(one['scope']) &&
        typeof one['firstUs'] === 'number' &&
        typeof one['lastUs'] === 'number',
    )
  );
}
