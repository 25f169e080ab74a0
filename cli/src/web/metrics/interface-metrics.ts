// The kernel's counters of interfaces as they stand, read when somebody scrapes. Owns which interfaces are told when there are many: those
// that have been, and then in the order of the kernel. Must not know the live feed. Bound: MAX_INTERFACES; the rest is counted, not told.
import { counterSource, type InterfaceCounters } from '@kaipo/core/source/counters.js';
import { type MetricSample, sample } from './metric-sample.js';

const MAX_INTERFACES = 64;

export class InterfaceMetrics {
  readonly #source = counterSource();
  #told = new Set<string>();

  /** Empty when they cannot be read now. */
  async samples(): Promise<MetricSample[]> {
    const rows = await this.#source.read().catch((): readonly InterfaceCounters[] => []);
    if (rows.length === 0) return [];
    const { told, leftOut } = chosen(rows, this.#told);
    this.#told = new Set(told.map(({ name }) => name));
    return [...told.flatMap(ofInterface), sample('kaipo_interfaces_left_out', leftOut)];
  }
}

/** A counter that comes and goes tells nothing: who has been told stays as long as it is there. */
export function chosen(
  rows: readonly InterfaceCounters[],
  before: ReadonlySet<string>,
): { readonly told: readonly InterfaceCounters[]; readonly leftOut: number } {
  const old = rows.filter(({ name }) => before.has(name));
  const others = rows.filter(({ name }) => !before.has(name));
  // Those that add to totals first: with many containers there are many others.
  const young = [...others.filter(({ counted }) => counted), ...others.filter(({ counted }) => !counted)];
  const told = [...old, ...young].slice(0, MAX_INTERFACES);
  return { told, leftOut: rows.length - told.length };
}

function ofInterface(row: InterfaceCounters): MetricSample[] {
  const labels = { interface: row.name };
  return [
    sample('kaipo_interface_receive_bytes_total', row.rxBytes, labels),
    sample('kaipo_interface_transmit_bytes_total', row.txBytes, labels),
    ...(row.packetsKnown
      ? [
          sample('kaipo_interface_receive_packets_total', row.rxPackets, labels),
          sample('kaipo_interface_transmit_packets_total', row.txPackets, labels),
        ]
      : []),
    sample('kaipo_interface_up', row.up ? 1 : 0, labels),
  ];
}
