// `--interface` of history: a name that was never recorded is a mistake, not an empty answer. Owns that check.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { nearestName } from '@kaipo/core/kernel/nearest-name.js';
import { queryBy } from '@kaipo/core/query/history.js';
import type { Store } from '@kaipo/core/store/store.js';

const MAX_LISTED = 12;

/** Raises KAIPO_NO_INTERFACE with the names that were recorded and the nearest one. */
export function checkInterfaces(store: Store, asked: readonly string[]): void {
  if (asked.length === 0) return;
  const known = interfaceNames(store);
  for (const name of asked) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const list = known.length === 0 ? 'none was' : `recorded: ${known.slice(0, MAX_LISTED).join(', ')}`;
    const more = known.length > MAX_LISTED ? ` and ${known.length - MAX_LISTED} more` : '';
    throw new KaipoError(
      'KAIPO_NO_INTERFACE',
      `interface ${name} was never recorded (${list}${more})`,
      nearest === undefined ? 'kaipo interfaces' : `--interface ${nearest}`,
    );
  }
}

/** Every interface of the store, the busiest first. */
export function interfaceNames(store: Store): string[] {
  const all = { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER };
  const counted = queryBy(store, 'interface', all, { limit: 1024 }).rows;
  return [...new Set(counted.map(({ name }) => name))];
}
