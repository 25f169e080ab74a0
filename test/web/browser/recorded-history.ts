// A history as a household's computer would leave it, made by code: up to a year until `nowUs`, with days and nights, two interfaces, a
// pause, bytes that were only counted, flows and names of the last days. Owns the numbers only: the same for the same moment and seed.
// Bound: one interval a minute for the last MINUTES_US, ten minutes for FINE_DAYS, an hour before.
import type { FlowEnded } from '@kaipo/core/api/events.js';
import type { AppSums, BookRow, IntervalRecord, NamedSums, SeriesSums } from '@kaipo/core/api/interval-record.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { StoreBatch } from '@kaipo/core/store/store.js';
import { nameAnswered, seededRandom } from '../../unit/store/store-fixtures.js';
import { HOSTILE_TEXTS } from './hostile-texts.js';
import { HABITS, type Habit, habit } from './household.js';

const MINUTE_US = 60e6;
const HOUR_US = 60 * MINUTE_US;
const DAY_US = 24 * HOUR_US;
const MINUTES_US = 3 * HOUR_US;
const FINE_DAYS = 2;
const FLOW_DAYS = 2;

export interface RecordedHistory {
  readonly dir: string;
  /** The last interval ends here. */
  readonly nowUs: number;
  readonly days: number;
  /** Names of strangers among applications, hosts and questions. */
  readonly isHostile?: boolean;
}

const STRANGERS: readonly Habit[] = HOSTILE_TEXTS.map((text, i) =>
  habit(text, 900_000 + 1000 * i, 90_000, { hosts: [[`203.0.113.${200 + i}`, text]], unit: text, exe: `/tmp/${text}` }),
);

/** Makes the store; nothing in it is later than `nowUs`. */
export async function recordHistory({ dir, nowUs, days, isHostile = false }: RecordedHistory): Promise<void> {
  const random = seededRandom(8);
  const habits = isHostile ? [...STRANGERS, ...HABITS] : HABITS;
  const store = openStore({ dir, clock: () => nowUs });
  const endUs = Math.floor(nowUs / MINUTE_US) * MINUTE_US;
  const minutesUs = endUs - MINUTES_US;
  const fineUs = endUs - Math.min(days, FINE_DAYS) * DAY_US;
  const batches = [
    ...steps(endUs - days * DAY_US, fineUs, HOUR_US),
    ...steps(fineUs, minutesUs, 10 * MINUTE_US),
    ...steps(minutesUs, endUs, MINUTE_US),
  ];
  const pause = { fromUs: endUs - 30 * HOUR_US, toUs: endUs - 26 * HOUR_US };
  let waiting: { intervals: IntervalRecord[]; ended: FlowEnded[]; names: StoreBatch['names'] & object } | undefined;
  for (const [index, [startUs, toUs]] of batches.entries()) {
    if (startUs >= pause.fromUs && startUs < pause.toUs) continue;
    waiting ??= { intervals: [], ended: [], names: [] };
    waiting.intervals.push(intervalOf(habits, startUs, toUs, random));
    if (startUs >= endUs - FLOW_DAYS * DAY_US && (index % 5 === 0 || startUs < minutesUs)) {
      waiting.ended.push(...flowsOf(habits, toUs - 1, random));
      waiting.names = [...waiting.names, ...namesOf(habits, toUs - 1, random)];
    }
    if (waiting.intervals.length < 48 && index < batches.length - 1) continue;
    await store.append(waiting);
    waiting = undefined;
  }
  await store.close();
}

/** One interval of the household, for who tells it to something else than a store. */
export const householdInterval = (startUs: number, endUs: number, random: () => number): IntervalRecord =>
  intervalOf(HABITS, startUs, endUs, random);

export const householdFlows = (endUs: number, random: () => number): FlowEnded[] => flowsOf(HABITS, endUs, random);

function steps(fromUs: number, toUs: number, lengthUs: number): [number, number][] {
  const count = Math.max(0, Math.ceil((toUs - fromUs) / lengthUs));
  return Array.from({ length: count }, (_, i) => [fromUs + i * lengthUs, Math.min(toUs, fromUs + (i + 1) * lengthUs)]);
}

/** Little at night, most in the evening, more on the weekend. */
function wakefulness(atUs: number): number {
  const date = new Date(atUs / 1000);
  const hour = date.getHours() + date.getMinutes() / 60;
  const evening = Math.exp(-(((hour - 20.5) / 3) ** 2));
  const day = Math.exp(-(((hour - 12) / 4) ** 2)) * 0.6;
  return (evening + day) * (date.getDay() % 6 === 0 ? 1.5 : 1);
}

function intervalOf(habits: readonly Habit[], startUs: number, endUs: number, random: () => number): IntervalRecord {
  const minutes = (endUs - startUs) / MINUTE_US;
  const awake = wakefulness(startUs);
  const moved = habits.map((one): SeriesSums => {
    const much = minutes * Math.max(one.night * 0.5, awake * (1 - one.night * 0.5)) * random() ** 2;
    return sums(Math.round(one.tx * much), Math.round(one.rx * much));
  });
  const scope = ({ interface: name, zone }: Habit) => ({ interface: name, zone });
  const apps = habits.map(
    (one, i): AppSums => ({
      ...{ ...moved[i]!, ...scope(one), name: one.app, flows: 1, exe: one.exe, user: one.user },
      ...(one.unit !== undefined && { unit: one.unit }),
      quality: i % 7 === 5 ? 'inferred' : i % 3 === 2 ? 'proc-snapshot' : 'event',
    }),
  );
  const unknown = ['wlan0', 'eth0'].map(
    (name, i): NamedSums => ({
      ...{ ...sums(400 * minutes, 2000 * minutes), name: i === 0 ? 'no-socket' : 'no-ports' },
      ...{ interface: name, zone: 'internet', flows: 0 },
    }),
  );
  const hosts = habits.flatMap((one, i): NamedSums[] =>
    shares(moved[i]!, one.hosts.length).map((part, at) => ({
      ...part,
      ...scope(one),
      name: one.hosts[at]![0],
      flows: 1,
    })),
  );
  const protocols = gathered([
    ...habits.map((one, i): NamedSums => ({ ...moved[i]!, ...scope(one), name: one.protocol, flows: 1 })),
    ...unknown.map((row): NamedSums => ({ ...row, name: 'icmp' })),
  ]);
  const lost = Math.round(600 * minutes * random());
  const parts = ['wlan0', 'eth0'].map((name) => {
    const attributed = total(apps.filter((row) => row.interface === name));
    const nameless = unknown.find((row) => row.interface === name)!;
    const counted = total([attributed, nameless]);
    const missed = name === 'wlan0' ? lost : 0;
    return {
      interface: { ...counted, rxBytes: counted.rxBytes + missed, name, class: 'physical' as const },
      books: booksOf(name, bytesOf(attributed), nameless, missed),
    };
  });
  const tunnel = { ...sums(7000 * minutes, 30_000 * minutes), name: 'wg0', class: 'tunnel' as const, counted: false };
  const received = Math.round(900 * minutes);
  return {
    ...{ startUs, endUs, mode: 'capture+events', apps, unknown, hosts, protocols },
    interfaces: [...parts.map((part) => part.interface), tunnel],
    capture: { received, delivered: received - 1, droppedByKernel: 1, droppedByHelper: 0 },
    books: parts.flatMap((part) => part.books),
  };
}

function booksOf(name: string, attributed: number, nameless: NamedSums, lost: number): BookRow[] {
  const entry = (category: BookRow['category'], reason: BookRow['reason'], bytes: number): BookRow[] =>
    bytes === 0 ? [] : [{ interface: name, category, reason, bytes }];
  return [
    ...entry('kernel', 'none', attributed + bytesOf(nameless) + lost),
    ...entry('attributed', 'none', attributed),
    ...entry('unknown', nameless.name as BookRow['reason'], bytesOf(nameless)),
    ...entry('not-captured', 'ring-full', lost),
  ];
}

function flowsOf(habits: readonly Habit[], endUs: number, random: () => number): FlowEnded[] {
  return habits.slice(0, 14).map((one, i) => {
    const [ip, serverName] = one.hosts[Math.floor(random() * one.hosts.length)]!;
    const lengthUs = Math.round(random() ** 3 * 600e6) + 20_000;
    const tsUs = endUs - i;
    return {
      ...{ kind: 'flow.ended', tsUs, reason: 'closed' },
      flow: {
        id: Math.floor(tsUs).toString(16).padStart(16, '0'),
        transport: one.protocol === 'quic' || one.protocol === 'dns' || one.protocol === 'ntp' ? 'udp' : 'tcp',
        client: { ip: ip.includes(':') ? '2001:db8:1::5' : '192.168.1.5', port: 40_000 + i, ...side(one.tx, random) },
        server: { ip, port: PORTS[one.protocol] ?? 443, ...side(one.rx, random) },
        ...{ startUs: tsUs - lengthUs, endUs: tsUs, interface: one.interface, localSide: 'client' },
        ...{ protocol: one.protocol, protocolFrom: 'payload', serverName, serverNameFrom: 'sni' },
        owner: { app: one.app, pid: 1000 + i, exe: one.exe, user: one.user, quality: 'event' },
      },
    };
  });
}

const PORTS: Readonly<Record<string, number>> = { dns: 53, ssh: 22, http: 80, smb: 445, imap: 993, ntp: 123 };

function side(bytesAMinute: number, random: () => number): { packets: number; bytes: number } {
  const bytes = Math.round(bytesAMinute * random() ** 2) + 120;
  return { bytes, packets: Math.ceil(bytes / 900) };
}

function namesOf(habits: readonly Habit[], atUs: number, random: () => number): StoreBatch['names'] & object {
  const asked = habits.filter(() => random() < 0.4).flatMap(({ hosts }) => hosts.slice(0, 1));
  const failed = random() < 0.3 ? [{ ...nameAnswered(atUs, 'printer.home.arpa', []), rcode: 'NXDOMAIN' }] : [];
  return [...asked.map(([ip, name]) => nameAnswered(atUs, name, [ip])), ...failed];
}

const sums = (txBytes: number, rxBytes: number): SeriesSums => ({
  ...{ txBytes, rxBytes, txPackets: Math.ceil(txBytes / 600), rxPackets: Math.ceil(rxBytes / 1200) },
});

const COLUMNS = ['txBytes', 'rxBytes', 'txPackets', 'rxPackets'] as const;

function total(rows: readonly SeriesSums[]): SeriesSums {
  const sum = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0 };
  for (const row of rows) for (const column of COLUMNS) sum[column] += row[column];
  return sum;
}

/** Cut into `count` that add up. */
function shares(whole: SeriesSums, count: number): SeriesSums[] {
  return Array.from({ length: count }, (_, i) => {
    const part = { ...whole };
    for (const column of COLUMNS) {
      const each = Math.floor(whole[column] / count);
      part[column] = i === 0 ? whole[column] - each * (count - 1) : each;
    }
    return part;
  });
}

/** One row a name and scope. */
function gathered(rows: readonly NamedSums[]): NamedSums[] {
  const byKey = new Map<string, NamedSums>();
  for (const row of rows) {
    const key = `${row.name} ${row.interface} ${row.zone}`;
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? row : { ...row, ...total([known, row]), flows: known.flows + row.flows });
  }
  return [...byKey.values()];
}

const bytesOf = ({ txBytes, rxBytes }: Pick<SeriesSums, 'txBytes' | 'rxBytes'>): number => txBytes + rxBytes;
