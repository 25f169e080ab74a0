// Which questions were answered with an address: how somebody came to talk to it. Must not know lmdb.
// Bound: MAX_READ answers looked at, MAX_ROWS names.
import type { Store } from '../store/store.js';
import type { NameRow } from './history-answers.js';
import type { TimeRange } from './time-range.js';

const MAX_READ = 500_000;
const MAX_ROWS = 4096;

/** One row a name and type, latest answer first. `answers`: those of the addresses that were asked about. */
export function queryAnswersFor(
  store: Store,
  ips: readonly string[],
  { fromUs, toUs }: TimeRange,
  limit: number,
): readonly NameRow[] {
  const wanted = new Set(ips);
  const rows = new Map<string, NameRow>();
  store.view((view) =>
    view.readNames(fromUs, toUs, MAX_READ, ({ name, qtype, rcode, client, tsUs, answers }) => {
      if (tsUs < fromUs || tsUs >= toUs) return;
      const hits = answers.filter((answer) => wanted.has(answer));
      if (hits.length === 0) return;
      const key = `${qtype} ${name.toLowerCase()}`;
      const known = rows.get(key);
      if (known === undefined && rows.size >= MAX_ROWS) return;
      const isLatest = known === undefined || tsUs > known.lastUs;
      rows.set(key, {
        name,
        qtype,
        rcode,
        client: isLatest ? client : known.client,
        answers: [...new Set([...(known?.answers ?? []), ...hits])],
        count: (known?.count ?? 0) + 1,
        failed: (known?.failed ?? 0) + (rcode === 'NOERROR' ? 0 : 1),
        firstUs: Math.min(known?.firstUs ?? tsUs, tsUs),
        lastUs: Math.max(known?.lastUs ?? tsUs, tsUs),
      });
    }),
  );
  return [...rows.values()].sort((left, right) => right.lastUs - left.lastUs).slice(0, limit);
}
