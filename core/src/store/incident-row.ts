// An incident as it lies in the store, read back. Owns the check: a row that is none is damage, never a half incident.
import type { Incident } from '../api/alert-sink.js';
import { decodeBlock } from './block-codec.js';
import { damaged } from './damaged.js';

/** Raises KAIPO_STORE_CORRUPT. */
export function incidentFromBlock(block: Uint8Array): Incident {
  const value = decodeBlock(block);
  if (!isIncident(value)) throw damaged('it is no incident');
  return value;
}

const SEVERITIES: readonly unknown[] = ['info', 'warning', 'critical'];
const TEXTS = ['id', 'rule', 'key', 'subject', 'summary'] as const;
const NUMBERS = ['firstUs', 'lastUs', 'count'] as const;

function isIncident(value: unknown): value is Incident {
  if (typeof value !== 'object' || value === null) return false;
  const given = value as Readonly<Record<string, unknown>>;
  return (
    TEXTS.every((name) => typeof given[name] === 'string') &&
    NUMBERS.every((name) => Number.isFinite(given[name])) &&
    SEVERITIES.includes(given['severity']) &&
    isMap(given['scope']) &&
    isMap(given['evidence']) &&
    (given['resolvedUs'] === undefined || Number.isFinite(given['resolvedUs']))
  );
}

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
