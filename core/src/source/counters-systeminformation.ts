// Interface counters through systeminformation: macOS, the BSDs, Windows, and a second opinion on Linux.
// Must not know: anything of /proc. Bound: MAX_COUNTED_INTERFACES. The library runs shells: never in a privileged process.
// It answers with its last numbers when asked twice within 500 ms.
import { type CounterSource, type InterfaceCounters, MAX_COUNTED_INTERFACES } from './counters.js';

export class SystemInformationCounters implements CounterSource {
  readonly name = 'systeminformation';

  async read(): Promise<readonly InterfaceCounters[]> {
    const { networkStats } = await import('systeminformation');
    const rows = await networkStats('*');
    return rows.slice(0, MAX_COUNTED_INTERFACES).map((row) => ({
      name: row.iface,
      rxBytes: count(row.rx_bytes),
      txBytes: count(row.tx_bytes),
      rxPackets: 0,
      txPackets: 0,
      packetsKnown: false,
      rxDropped: count(row.rx_dropped),
      txDropped: count(row.tx_dropped),
      rxErrors: count(row.rx_errors),
      txErrors: count(row.tx_errors),
      up: row.operstate === 'up' || row.operstate === 'unknown',
    }));
  }
}

/** The library says null or -1 for what it could not read. */
const count = (value: number | null): number => (typeof value === 'number' && value >= 0 ? value : 0);
