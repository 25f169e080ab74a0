// Details of a flow as they may be shown: every text made safe, lists cut. Owns the rule for all fields at once.
// Bound: MAX_LIST entries a list, MAX_TEXT characters a text.
import type { FlowDetails } from '../api/events.js';
import { safeText } from '../kernel/safe-text.js';

const MAX_LIST = 32;

/** Adds `details` to `safe`. Empty texts and lists are left out: a field that says nothing is absent, or stays what it was. */
export function addSafeDetails(safe: FlowDetails, details: FlowDetails): void {
  addSafeFields(safe as Record<string, unknown>, details as Record<string, unknown>);
}

function safeFields(fields: object): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  addSafeFields(safe, fields as Record<string, unknown>);
  return safe;
}

function addSafeFields(safe: Record<string, unknown>, fields: Record<string, unknown>): void {
  for (const name in fields) {
    const kept = safeValue(fields[name]);
    if (kept !== undefined) safe[name] = kept;
  }
}

function safeValue(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? undefined : safeText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) {
    const list = value
      .slice(0, MAX_LIST)
      .map(safeValue)
      .filter((entry) => entry !== undefined);
    return list.length === 0 ? undefined : list;
  }
  return typeof value === 'object' && value !== null ? safeObject(value) : undefined;
}

/** What was made of objects that cannot change: readers give the same certificate again and again. */
const made = new WeakMap<object, object>();

function safeObject(value: object): object | undefined {
  const known = made.get(value);
  if (known !== undefined) return known;
  const fields = safeFields(value);
  if (Object.keys(fields).length === 0) return undefined;
  if (Object.isFrozen(value)) made.set(value, fields);
  return fields;
}
