// The interfaces of this machine as a choice: which are there, which count, which were chosen. Owns that at least one is chosen and that
// a name nobody knows is refused. Bound: MAX_COUNTED_INTERFACES.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { nearestName } from '@kaipo/core/kernel/nearest-name.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { InterfaceClass } from '@kaipo/core/kernel/traffic-words.js';
import { counterSource } from '@kaipo/core/source/counters.js';
import { HttpError } from '../problem.js';

export interface InterfaceChoice {
  readonly name: string;
  /** Absent: chosen, and not there at the moment. */
  readonly class?: InterfaceClass;
  readonly up: boolean;
  readonly speedMbit?: number;
  /** Do its bytes add to totals, as things are? */
  readonly counted: boolean;
  /** Was it chosen: by its name, or by "auto"? */
  readonly monitored: boolean;
}

const MAX_LISTED = 12;

/** Also those that are configured and not there: a modem that is not plugged in stays chosen. */
export async function interfaceChoices({ monitoring }: Pick<KaipoConfig, 'monitoring'>): Promise<InterfaceChoice[]> {
  const wanted = monitoring.interfaces;
  const present = await counterSource(undefined, wanted).read();
  const choices = present.map(
    (row): InterfaceChoice => ({
      name: row.name,
      class: row.class,
      up: row.up,
      ...(row.speedMbit !== undefined && { speedMbit: row.speedMbit }),
      counted: row.counted,
      monitored: wanted === 'auto' ? row.counted : wanted.includes(row.name),
    }),
  );
  const there = new Set(present.map(({ name }) => name));
  const absent = wanted === 'auto' ? [] : wanted.filter((name) => !there.has(name));
  return [...choices, ...absent.map((name) => ({ name, up: false, counted: false, monitored: true }))];
}

/** Raises 422. `known`: names that are here, were recorded or are configured. */
export function checkChosen(names: readonly string[], known: ReadonlySet<string>): void {
  if (names.length === 0) {
    throw new HttpError(422, 'no interface is selected; at least one must be', 'select one, or "auto"');
  }
  for (const name of names) {
    if (known.has(name)) continue;
    const near = nearestName(name, known);
    const there = `there are: ${[...known].slice(0, MAX_LISTED).join(', ')}`;
    throw new HttpError(
      422,
      `there is no interface "${safeText(name, 64)}"; ${near === undefined ? there : `did you mean "${near}"?`}`,
      near === undefined ? 'GET /api/config lists the interfaces' : `{"interfaces": ["${near}"]}`,
    );
  }
}
