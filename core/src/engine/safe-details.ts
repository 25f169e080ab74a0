// Details of a flow as they may be shown: every text made safe, lists cut. Owns the rule for all fields at once.
// Bound: MAX_LIST entries a list, MAX_TEXT characters a text.
import type { FlowDetails } from '../api/events.js';
import { safeText } from '../kernel/safe-text.js';

const MAX_LIST = 32;

/** Empty texts and lists are left out: a field that says nothing is absent. */
export function safeDetails(details: FlowDetails): FlowDetails {
  return safeFields(details) as FlowDetails;
}

function safeFields(fields: object): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const kept = safeValue(value);
    if (kept !== undefined) safe[name] = kept;
  }
  return safe;
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
  if (typeof value === 'object' && value !== null) {
    const fields = safeFields(value);
    return Object.keys(fields).length === 0 ? undefined : fields;
  }
  return undefined;
}
