// Values a field has in a snapshot, for whoever types a filter. Owns: their order. Must not know how they are shown.
// Bound: MAX_COUNTED different values are counted, MAX_VALUES answered.
import type { LiveSnapshot, TrafficRow } from '../live-snapshot.js';
import { fieldNamed } from './filter-fields.js';
import {
  type InInterval,
  LIVE_ALERT_FIELDS,
  LIVE_APP_FIELDS,
  LIVE_DNS_FIELDS,
  LIVE_FLOW_FIELDS,
  LIVE_HOST_FIELDS,
  LIVE_INTERFACE_FIELDS,
  LIVE_PROTOCOL_FIELDS,
} from './live-row-fields.js';
import type { FieldReaders } from './traffic-filter.js';

const MAX_COUNTED = 16_384;
const MAX_VALUES = 256;
/** Of numbers only those that are names of something. */
const NUMBERS: ReadonlySet<string> = new Set(['port', 'pid']);

const bytesOf = (row: TrafficRow): number => row.txBytesTotal + row.rxBytesTotal;

/** Most bytes first, then as they come; nothing for a field that is a size, a rate or a time. */
export function filterValues(snapshot: LiveSnapshot, field: string): readonly string[] {
  const known = fieldNamed(field);
  if (known === undefined) return [];
  const isName = known.kind === 'text' || known.kind === 'word' || known.kind === 'host' || NUMBERS.has(known.name);
  if (!isName) return [];
  const bytes = new Map<string, number>();
  const count = <Row>(
    rows: readonly Row[],
    readers: FieldReaders<InInterval<Row>>,
    weightOf: (row: Row) => number = () => 0,
  ): void => {
    const read = readers[known.name];
    if (read === undefined || rows.length === 0) return;
    const asked: InInterval<Row> = { row: rows[0]!, tsUs: snapshot.tsUs, intervalUs: snapshot.intervalUs };
    for (const row of rows) {
      asked.row = row;
      const values = read(asked);
      for (const value of Array.isArray(values) ? values : [values]) {
        const text = value === undefined ? '' : String(value);
        const before = bytes.get(text);
        if (text === '' || (before === undefined && bytes.size >= MAX_COUNTED)) continue;
        bytes.set(text, (before ?? 0) + weightOf(row));
      }
    }
  };
  count(snapshot.flows, LIVE_FLOW_FIELDS, bytesOf);
  // What the flows that run do not say: rows whose flows have ended, names, alerts.
  count(snapshot.apps, LIVE_APP_FIELDS);
  count(snapshot.hosts, LIVE_HOST_FIELDS);
  count(snapshot.protocols, LIVE_PROTOCOL_FIELDS);
  count(snapshot.interfaces, LIVE_INTERFACE_FIELDS, bytesOf);
  count(snapshot.dns, LIVE_DNS_FIELDS);
  count(snapshot.alerts, LIVE_ALERT_FIELDS);
  return [...bytes.entries()]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_VALUES)
    .map(([text]) => text);
}
