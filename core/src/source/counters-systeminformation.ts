// Interface counters through systeminformation: macOS, the BSDs, Windows, and a second opinion on Linux.
// Must not know: anything of /proc. Bound: MAX_COUNTED_INTERFACES. The library runs shells: never in a privileged process.
// It answers with its last numbers when asked twice within 500 ms.
import { safeText } from '../kernel/safe-text.js';
import { countedInterfaces } from './counted-interfaces.js';
import type { ClassifiedInterface } from './interface-class.js';
import {
  type CounterSource,
  type InterfaceCounters,
  MAX_COUNTED_INTERFACES,
  type WantedInterfaces,
} from './interface-counters.js';
import { classifyByName } from './interface-name-class.js';

export class SystemInformationCounters implements CounterSource {
  readonly name = 'systeminformation';
  #wanted: WantedInterfaces;

  constructor(wanted: WantedInterfaces = 'auto') {
    this.#wanted = wanted;
  }

  select(wanted: WantedInterfaces): void {
    this.#wanted = wanted;
  }

  async read(): Promise<readonly InterfaceCounters[]> {
    const { networkStats } = await import('systeminformation');
    const rows = (await networkStats('*')).slice(0, MAX_COUNTED_INTERFACES);
    const classified = rows.map((row): ClassifiedInterface => {
      const up = row.operstate === 'up' || row.operstate === 'unknown';
      return { name: row.iface, up, ...classifyByName(row.iface) };
    });
    const counted = countedInterfaces(classified, this.#wanted);
    return rows.map((row, i) => ({
      name: safeText(row.iface),
      rxBytes: count(row.rx_bytes),
      txBytes: count(row.tx_bytes),
      rxPackets: 0,
      txPackets: 0,
      packetsKnown: false,
      rxDropped: count(row.rx_dropped),
      txDropped: count(row.tx_dropped),
      rxErrors: count(row.rx_errors),
      txErrors: count(row.tx_errors),
      up: classified[i]!.up,
      class: classified[i]!.class,
      counted: counted.has(row.iface),
    }));
  }
}

/** The library says null or -1 for what it could not read. */
const count = (value: number | null): number => (typeof value === 'number' && value >= 0 ? value : 0);
