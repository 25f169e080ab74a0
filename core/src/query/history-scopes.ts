// Traffic by where it was seen: without a known application, by zone. Packets, not counters. Must not know lmdb.
// Bound: reasons and zones.
import { ZONES } from '../kernel/traffic-words.js';
import type { Store, StoreView } from '../store/store.js';
import type { Filter, FlowSums, HistoryUnknown, HistoryZones } from './history-answers.js';
import { IdSums, type RowIdentity, SUMMED_COLUMNS } from './history-id-sums.js';
import { seriesReading } from './history-reading.js';
import { spansOf } from './history-spans.js';
import type { TimeRange } from './time-range.js';

const NOTHING: FlowSums = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0 };

/** Traffic without a known application, and why. */
export function queryUnknown(store: Store, range: TimeRange, filter?: Filter): HistoryUnknown {
  return store.view((view) => {
    const sums = sumsBy(view, 'unknown', range, filter, 'id');
    const reasons: Record<string, number> = {};
    for (let slot = 0; slot < sums.length; slot++) {
      const reason = view.nameOf('unknown', sums.idAt(slot)).name;
      const { txBytes, rxBytes } = sums.sumsAt(slot);
      reasons[reason] = (reasons[reason] ?? 0) + txBytes + rxBytes;
    }
    return { ...totalOf(sums), reasons };
  });
}

/** Sums by zone of everything that was captured. */
export function queryZones(store: Store, range: TimeRange, filter?: Filter): HistoryZones {
  return store.view((view) => {
    const sums = sumsBy(view, 'protocol', range, filter, 'scope');
    const parts = new Map<string, FlowSums>();
    for (let slot = 0; slot < sums.length; slot++) {
      const zone = view.scopeOf(sums.idAt(slot)).zone ?? '';
      parts.set(zone, added(parts.get(zone) ?? NOTHING, sums.sumsAt(slot)));
    }
    const unzoned = parts.get('');
    return {
      zones: ZONES.map((zone) => ({ zone, ...(parts.get(zone) ?? NOTHING) })),
      ...(unzoned === undefined ? {} : { unzoned }),
      total: totalOf(sums),
    };
  });
}

function sumsBy(
  view: StoreView,
  kind: 'unknown' | 'protocol',
  range: TimeRange,
  filter: Filter | undefined,
  identity: RowIdentity,
): IdSums {
  const sums = new IdSums(identity, seriesReading(view, kind, filter).counts);
  for (const { resolutionS, fromUs, toUs } of spansOf(view, [range])) {
    view.readRows(kind, resolutionS, fromUs, toUs, SUMMED_COLUMNS, (rows) => {
      sums.addRows(rows);
      return true;
    });
  }
  return sums;
}

function totalOf(sums: IdSums): FlowSums {
  let total = NOTHING;
  for (let slot = 0; slot < sums.length; slot++) total = added(total, sums.sumsAt(slot));
  return total;
}

function added(left: FlowSums, right: FlowSums): FlowSums {
  return {
    txBytes: left.txBytes + right.txBytes,
    rxBytes: left.rxBytes + right.rxBytes,
    txPackets: left.txPackets + right.txPackets,
    rxPackets: left.rxPackets + right.rxPackets,
    flows: left.flows + right.flows,
  };
}
