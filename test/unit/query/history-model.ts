// A plain model of history for property tests: intervals in an array, every question answered by a loop over them.
import type { OwnerQuality } from '@kaipo/core/api/events.js';
import type { BookRow, IntervalRecord, NamedSums, Scope } from '@kaipo/core/api/interval-record.js';
import { ZONES, type Zone } from '@kaipo/core/kernel/traffic-words.js';
import type { Filter, FlowSums } from '@kaipo/core/query/history.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import fc from 'fast-check';

export const INTERFACES = ['eth0', 'wlan0', 'wg0'] as const;
const APPS = ['curl', 'firefox', 'sshd'] as const;
const QUALITIES: readonly OwnerQuality[] = ['event', 'listener'];
const US_PER_S = 1_000_000;

const sums = fc.record({
  txBytes: fc.nat(50_000),
  rxBytes: fc.nat(500_000),
  txPackets: fc.nat(100),
  rxPackets: fc.nat(1000),
});
const flows = fc.nat(3);
const scope: fc.Arbitrary<Scope> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ interface: fc.constantFrom(...INTERFACES), zone: fc.constantFrom(...ZONES) }) },
  { weight: 1, arbitrary: fc.constant({}) },
);
const merged = <A extends object, B extends object>(left: fc.Arbitrary<A>, right: fc.Arbitrary<B>) =>
  fc.tuple(left, right).map(([a, b]) => ({ ...a, ...b }));
const named = (names: readonly string[]): fc.Arbitrary<NamedSums> =>
  merged(merged(sums, scope), fc.record({ name: fc.constantFrom(...names), flows }));
const app = merged(named(APPS), fc.record({ quality: fc.constantFrom(...QUALITIES) })).map((row) => ({
  ...row,
  exe: `/usr/bin/${row.name}`,
}));
const book: fc.Arbitrary<BookRow> = fc.oneof(
  fc.record({
    interface: fc.constantFrom(...INTERFACES),
    category: fc.constantFrom('kernel' as const, 'attributed' as const),
    reason: fc.constant('none' as const),
    bytes: fc.nat(1_000_000),
  }),
  fc.record({
    interface: fc.constantFrom(...INTERFACES),
    category: fc.constant('unknown' as const),
    reason: fc.constantFrom('no-socket' as const, 'no-ports' as const),
    bytes: fc.nat(1_000_000),
  }),
  fc.record({
    interface: fc.constantFrom(...INTERFACES),
    category: fc.constant('not-captured' as const),
    reason: fc.constantFrom('ring-full' as const, 'unexplained' as const, 'recorder-down' as const),
    bytes: fc.nat(1_000_000),
  }),
  fc.record({
    interface: fc.constantFrom(...INTERFACES),
    category: fc.constant('in-flight' as const),
    reason: fc.constant('none' as const),
    bytes: fc.integer({ min: -2000, max: 2000 }),
  }),
);

/** Intervals in order of time from `startUs` on, seconds to hours apart. */
export function intervalsFrom(startUs: number, maxLength = 40): fc.Arbitrary<IntervalRecord[]> {
  const gapS = fc.oneof(
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 20, max: 4000 }),
    fc.integer({ min: 4000, max: 50_000 }),
  );
  const one = fc.record({
    gapS,
    offsetUs: fc.nat(999_999),
    lengthS: fc.constantFrom(1, 1, 10, 60),
    interfaces: fc.array(merged(sums, fc.record({ name: fc.constantFrom(...INTERFACES), counted: fc.boolean() })), {
      maxLength: 2,
    }),
    apps: fc.array(app, { maxLength: 3 }),
    protocols: fc.array(named(['tls', 'dns']), { maxLength: 3 }),
    hosts: fc.array(named(['192.0.2.1', '192.0.2.2', '2001:db8::1']), { maxLength: 3 }),
    unknown: fc.array(named(['no-socket', 'no-ports']), { maxLength: 2 }),
    books: fc.array(book, { maxLength: 4 }),
  });
  return fc.array(one, { minLength: 1, maxLength }).map((parts) => {
    let atUs = startUs;
    return parts.map(({ gapS: gap, offsetUs, lengthS, ...rows }) => {
      const interval = { startUs: atUs + offsetUs, endUs: atUs + offsetUs + lengthS * US_PER_S, ...rows };
      atUs += gap * US_PER_S;
      const capture = { received: 7, delivered: 6, droppedByKernel: 1, droppedByHelper: 0 };
      return { ...interval, mode: 'capture', capture };
    });
  });
}

/** Buckets count by the second they start in. */
export function within({ fromUs, toUs }: TimeRange): (interval: IntervalRecord) => boolean {
  const [fromS, toS] = [Math.ceil(fromUs / US_PER_S), Math.ceil(toUs / US_PER_S)];
  return ({ startUs }) => {
    const startS = Math.floor(startUs / US_PER_S);
    return startS >= fromS && startS < toS;
  };
}

export function fits({ interface: names, zone }: Filter): (row: Scope) => boolean {
  const wanted = names === undefined ? [] : [names].flat();
  return (row) =>
    (wanted.length === 0 || (row.interface !== undefined && wanted.includes(row.interface))) &&
    (zone === undefined || row.zone === zone);
}

export const filters: fc.Arbitrary<Filter> = fc.oneof(
  fc.constant({}),
  fc.record({ interface: fc.constantFrom<string>(...INTERFACES) }),
  fc.record({ interface: fc.constant(['eth0', 'wg0']) }),
  fc.record({ zone: fc.constantFrom<Zone>(...ZONES) }),
  fc.record({ interface: fc.constantFrom<string>(...INTERFACES), zone: fc.constantFrom<Zone>(...ZONES) }),
);

export function sumOfRows(rows: readonly (Omit<FlowSums, 'flows'> & { readonly flows?: number })[]): FlowSums {
  const total = { txBytes: 0, rxBytes: 0, txPackets: 0, rxPackets: 0, flows: 0 };
  for (const row of rows) {
    total.txBytes += row.txBytes;
    total.rxBytes += row.rxBytes;
    total.txPackets += row.txPackets;
    total.rxPackets += row.rxPackets;
    total.flows += row.flows ?? 0;
  }
  return total;
}

export const onlySums = ({ txBytes, rxBytes, txPackets, rxPackets, flows: begun }: FlowSums): FlowSums => ({
  txBytes,
  rxBytes,
  txPackets,
  rxPackets,
  flows: begun,
});
