// One interval of the year benchmark as a recorder would hand it over: rows by name and scope, counters, books that close.

import type { AppSums, BookRow, IntervalRecord, NamedSums, SeriesSums } from '@kaipo/core/api/interval-record.js';
import type { Zone } from '@kaipo/core/kernel/traffic-words.js';

export const INTERFACES = [
  { name: 'eth0', class: 'physical', share: 0.72 },
  { name: 'wlan0', class: 'physical', share: 0.14 },
  { name: 'wg0', class: 'tunnel', share: 0.08 },
  { name: 'docker0', class: 'bridge', share: 0.04 },
  { name: 'eth1', class: 'physical', share: 0.02 },
] as const;
const PROTOCOL_NAMES = ['tls', 'quic', 'dns', 'http', 'ssh', 'ntp', 'mdns', 'dhcp', 'smb', 'icmp'];

export interface App extends Required<Pick<AppSums, 'name' | 'exe' | 'user' | 'quality'>> {
  readonly unit?: string;
  readonly protocols: readonly number[];
  /** Bytes a minute of a usual conversation. */
  readonly weight: number;
}

export interface Host {
  readonly address: string;
  readonly zone: Zone;
  readonly interface: number;
}

/** One application talking to one host until it ends. */
export interface Conversation {
  readonly app: number;
  readonly host: number;
  readonly protocol: number;
  readonly bytesAMinute: number;
  readonly sendShare: number;
  readonly packetBytes: number;
  endsUs: number;
}

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };
type Numbers = readonly [txBytes: number, rxBytes: number, txPackets: number, rxPackets: number, flows: number];
type Row = Mutable<NamedSums>;

/** The sums of one interval, and its books. */
export class IntervalSums {
  readonly #apps = new Map<number, Mutable<AppSums>>();
  readonly #protocols = new Map<number, Row>();
  readonly #hosts = new Map<number, Row>();
  readonly #unknown = new Map<number, Row>();

  add(talk: Conversation, app: App | undefined, host: Host, numbers: Numbers): void {
    const scope = host.interface * 2 + (host.zone === 'lan' ? 0 : 1);
    const where = { interface: INTERFACES[host.interface]!.name, zone: host.zone };
    addTo(this.#hosts, talk.host, numbers, () => ({ name: host.address, ...where, ...NOTHING }));
    const protocolName = PROTOCOL_NAMES[talk.protocol] ?? `protocol-${talk.protocol}`;
    addTo(this.#protocols, talk.protocol * 10 + scope, numbers, () => ({ name: protocolName, ...where, ...NOTHING }));
    if (app === undefined) {
      const name = talk.protocol % 2 === 0 ? 'no-socket' : 'no-ports';
      addTo(this.#unknown, (talk.protocol % 2) * 10 + scope, numbers, () => ({ name, ...where, ...NOTHING }));
      return;
    }
    const { name, exe, user, unit, quality } = app;
    addTo(this.#apps, talk.app * 10 + scope, numbers, () => ({
      name,
      ...{ exe, user, quality },
      ...(unit === undefined ? {} : { unit }),
      ...where,
      ...NOTHING,
    }));
  }

  record(startUs: number, lengthUs: number, random: () => number, pending: number[]): IntervalRecord {
    const protocols = [...this.#protocols.values()];
    const unknown = [...this.#unknown.values()];
    const books: BookRow[] = [];
    const interfaces = INTERFACES.map(({ name, class: klass }, index) => {
      const seen = sumOf(protocols, name);
      const captured = seen.txBytes + seen.rxBytes;
      // Now and then the ring is full for a moment, or some bytes are counted in one interval and captured in the next.
      const missed = random() < 0.01 ? Math.ceil(captured * 0.002) : 0;
      const open = random() < 0.3 ? Math.floor(random() * Math.min(3000, captured)) : 0;
      const inFlight = Math.max(open - pending[index]!, -seen.rxBytes);
      pending[index]! += inFlight;
      const kernel = captured + missed + inFlight;
      const put = (category: BookRow['category'], reason: BookRow['reason'], bytes: number): void => {
        if (bytes !== 0) books.push({ interface: name, category, reason, bytes });
      };
      put('kernel', 'none', kernel);
      const unattributed = (reason: 'no-socket' | 'no-ports'): number => {
        const { txBytes, rxBytes } = sumOf(
          unknown.filter((row) => row.name === reason),
          name,
        );
        return txBytes + rxBytes;
      };
      const noSocket = unattributed('no-socket');
      const noPorts = unattributed('no-ports');
      put('attributed', 'none', captured - noSocket - noPorts);
      put('unknown', 'no-socket', noSocket);
      put('unknown', 'no-ports', noPorts);
      put('not-captured', 'ring-full', missed);
      put('in-flight', 'none', inFlight);
      return { name, class: klass, counted: klass === 'physical', ...seen, rxBytes: kernel - seen.txBytes };
    });
    const packets = protocols.reduce((sum, { txPackets, rxPackets }) => sum + txPackets + rxPackets, 0);
    return {
      startUs,
      endUs: startUs + lengthUs,
      mode: 'capture+events',
      interfaces,
      apps: [...this.#apps.values()],
      protocols,
      hosts: [...this.#hosts.values()],
      unknown,
      capture: { received: packets, delivered: packets, droppedByKernel: 0, droppedByHelper: 0 },
      books,
    };
  }
}

const NOTHING = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0 };

function addTo<Key, R extends Row>(rows: Map<Key, R>, key: Key, numbers: Numbers, make: () => R): void {
  let row = rows.get(key);
  if (row === undefined) {
    row = make();
    rows.set(key, row);
  }
  row.txBytes += numbers[0];
  row.rxBytes += numbers[1];
  row.txPackets += numbers[2];
  row.rxPackets += numbers[3];
  row.flows += numbers[4];
}

function sumOf(rows: readonly NamedSums[], interfaceName: string): SeriesSums {
  const sums = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0 };
  for (const row of rows) {
    if (row.interface !== interfaceName) continue;
    sums.txBytes += row.txBytes;
    sums.rxBytes += row.rxBytes;
    sums.txPackets += row.txPackets;
    sums.rxPackets += row.rxPackets;
  }
  return sums;
}
