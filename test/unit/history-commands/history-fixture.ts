// A small history made by code: two and a half days until NOW, with a pause, a VPN that is not counted, bytes caught up, names
// of strangers. Everything follows from numbers here, so tables can be compared with files.

import {
  type HistoryContext,
  type HistoryOptions,
  historyContext,
  type PeriodOf,
} from '@kaipo/cli/history/history-context.js';
import { emptyInterval, type IntervalRecord, type NamedSums } from '@kaipo/core/api/interval-record.js';
import { DEFAULT_CONFIG, type KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import type { Zone } from '@kaipo/core/kernel/traffic-words.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { flowEnded, nameAnswered, seededRandom } from '../store/store-fixtures.js';

process.env['TZ'] = 'Europe/Berlin';

const us = (text: string): number => new Date(text).getTime() * 1000;
export const NOW_US = us('2026-11-21T14:30:00');
export const FIRST_US = us('2026-11-19T08:00:00');
const PAUSE = { fromUs: us('2026-11-20T02:00:00'), toUs: us('2026-11-20T06:00:00') };
export const STEP_US = 600_000_000;

/** Moves a cursor and turns the text around on a terminal that lets it. */
export const HOSTILE = 'evil\u001b[2J\u202eexe.txt';
const APPS = ['curl', '天気アプリ', HOSTILE, 'Web Content', 'systemd-timesyncd'] as const;
const HOSTS: readonly (readonly [string, Zone])[] = [
  ['203.0.113.7', 'internet'],
  ['2001:db8:1234:5678:9abc:def0:1234:5678', 'internet'],
  ['192.168.1.20', 'lan'],
  ['127.0.0.1', 'host'],
];

/** Appended in order, read while it is open. */
export async function withHistory(check: (store: Store, dir: string) => void | Promise<void>): Promise<void> {
  await withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => NOW_US });
    const random = seededRandom(7);
    for (let atUs = FIRST_US, index = 0; atUs < NOW_US; atUs += STEP_US, index += 1) {
      if (atUs >= PAUSE.fromUs && atUs < PAUSE.toUs) continue;
      const flow = flowEnded(atUs + 1, random, index);
      const ended = index % 4 === 0 ? [flow] : [];
      await store.append({
        intervals: [intervalAt(atUs, index)],
        ended,
        names: index % 6 === 0 ? [nameAnswered(atUs, `host-${index % 18}.example.com`, ['203.0.113.7'])] : [],
      });
    }
    await store.append({ intervals: caughtUp() });
    await check(store, dir);
    await store.close();
  });
}

export const COSTLY: KaipoConfig = {
  ...DEFAULT_CONFIG,
  cost: { ...DEFAULT_CONFIG.cost, ratePerGb: 7.5, currency: 'EUR' },
};

/** The context a command gets, on a screen of `width` columns. */
export function contextOf(
  store: Store,
  periodOf: PeriodOf,
  options: Omit<Partial<HistoryOptions>, 'config'> & { readonly width?: number; readonly config?: KaipoConfig } = {},
): HistoryContext {
  const { width, config = DEFAULT_CONFIG, ...rest } = options;
  const context = historyContext(store, config, { format: 'table', color: false, ...rest }, periodOf, NOW_US);
  const { width: _, ...made } = context;
  return width === undefined ? made : { ...made, width };
}

function intervalAt(startUs: number, index: number): IntervalRecord {
  const apps = APPS.map((name, rank) => ({
    ...sums(1000 * (index % 7) + rank * 311, 40_000 * ((index % 11) + 1) + rank * 977, rank === 0 ? 2 : 1),
    name,
    ...(rank === 0 && { exe: '/usr/bin/curl', user: 'ada', unit: 'session-1.scope' }),
    interface: 'eth0',
    zone: 'internet' as const,
    quality: rank === 1 ? ('inferred' as const) : ('event' as const),
  }));
  const unknown = [{ ...sums(500, 2500, 1), name: 'no-socket', interface: 'eth0', zone: 'lan' as const }];
  const captured = total([...apps, ...unknown]);
  const lost = 12_345;
  const counted = { ...captured, rxBytes: captured.rxBytes + lost };
  return {
    startUs,
    endUs: startUs + STEP_US,
    mode: 'capture+events',
    interfaces: [
      { ...counted, name: 'eth0', class: 'physical' },
      { ...sums(700, 7000, 0), name: 'wg0', class: 'tunnel', counted: false },
    ],
    apps,
    unknown,
    protocols: [
      { ...minus(captured, unknown[0]!), name: 'tls', flows: 5, interface: 'eth0', zone: 'internet' },
      { ...unknown[0]!, name: 'dns' },
    ],
    hosts: HOSTS.map(([name, zone], rank) => ({
      ...(rank === 0 ? minus(captured, sums(300, 3000, 3)) : sums(100, 1000, 1)),
      name,
      flows: 1,
      interface: 'eth0',
      zone,
    })),
    capture: { received: 100, delivered: 100, droppedByKernel: 0, droppedByHelper: 0 },
    books: [
      { interface: 'eth0', category: 'kernel', reason: 'none', bytes: counted.txBytes + counted.rxBytes },
      { interface: 'eth0', category: 'attributed', reason: 'none', bytes: bytesOf(total(apps)) },
      { interface: 'eth0', category: 'unknown', reason: 'no-socket', bytes: bytesOf(unknown[0]!) },
      { interface: 'eth0', category: 'not-captured', reason: 'ring-full', bytes: lost },
    ],
  };
}

/** The pause, as the counters tell it afterwards: spread evenly. */
function caughtUp(): IntervalRecord[] {
  const count = (PAUSE.toUs - PAUSE.fromUs) / STEP_US;
  const moved = { txBytes: 40_000, rxBytes: 360_000, txPackets: 40, rxPackets: 300 };
  return Array.from({ length: count }, (_, index) => ({
    ...emptyInterval(PAUSE.fromUs + index * STEP_US, 'counters'),
    endUs: PAUSE.fromUs + (index + 1) * STEP_US,
    isCaughtUp: true,
    interfaces: [{ ...moved, name: 'eth0', class: 'physical' as const }],
    books: [
      { interface: 'eth0', category: 'kernel' as const, reason: 'none' as const, bytes: bytesOf(moved) },
      { interface: 'eth0', category: 'not-captured' as const, reason: 'recorder-down' as const, bytes: bytesOf(moved) },
    ],
  }));
}

type Sums = Omit<NamedSums, 'name'>;

function sums(txBytes: number, rxBytes: number, flows: number): Sums {
  return { txBytes, rxBytes, txPackets: Math.ceil(txBytes / 100), rxPackets: Math.ceil(rxBytes / 1000), flows };
}

function total(rows: readonly Sums[]): Sums {
  return rows.reduce((sum, row) => ({
    txBytes: sum.txBytes + row.txBytes,
    rxBytes: sum.rxBytes + row.rxBytes,
    txPackets: sum.txPackets + row.txPackets,
    rxPackets: sum.rxPackets + row.rxPackets,
    flows: sum.flows + row.flows,
  }));
}

function minus(left: Sums, right: Sums): Sums {
  return {
    txBytes: left.txBytes - right.txBytes,
    rxBytes: left.rxBytes - right.rxBytes,
    txPackets: left.txPackets - right.txPackets,
    rxPackets: left.rxPackets - right.rxPackets,
    flows: left.flows - right.flows,
  };
}

const bytesOf = ({ txBytes, rxBytes }: Pick<Sums, 'txBytes' | 'rxBytes'>): number => txBytes + rxBytes;
