// An application of steady habits that talks to somebody new. Owns: which applications have steady habits. Bound: APPLICATIONS with
// MOST_DESTINATIONS each; one with more roams and is never judged; full: the one idle longest goes.
import type { Detector, EventWriter, FlowRecord, KaipoEvent } from '@kaipo/core/api/index.js';
import { BoundedTable } from '../parts/bounded-table.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';
import { destinationOf } from '../parts/destination-of.js';
import { DAY_US, learnDays } from '../parts/learn-days.js';

const SETTINGS = {
  most: { description: 'destinations an application of steady habits has at most', default: 6, least: 1, most: 16 },
  settled_days: {
    description: 'days without a new destination that make habits steady',
    default: 5,
    least: 0,
    most: 365,
  },
  min_flows: { description: 'flows an application must have had before', default: 50, least: 1, most: 1e6 },
  ignore: { description: 'applications nothing is said of', default: [] },
  learn_days: learnDays(7),
};
type Values = SettingValues<typeof SETTINGS>;

const APPLICATIONS = 512;
const MOST_DESTINATIONS = 16;
const NAME_CHARS = 64;
const SAVED = 256;

interface Habits {
  readonly firstUs: number;
  /** When the last one was added. */
  changedUs: number;
  flows: number;
  roams: boolean;
  readonly destinations: string[];
}

export const newDestinationPlugin = defineRule({
  rule: 'new-destination',
  title: 'An application of steady habits talks to somebody new',
  meaning:
    'A program that for days talked to the same few sites sends to another one: an update moved its server, or the program or its settings were changed.',
  falsePositives: 'A provider that moves its servers; a program whose settings you have changed.',
  severity: 'info',
  settings: SETTINGS,
  quietUs: 6 * 3600e6,
  learnsUs: ({ learn_days }) => learn_days * DAY_US,
  create: (values) => new NewDestination(values),
});

class NewDestination implements Detector {
  readonly wants = ['flow.ended'] as const;
  readonly #values: Values;
  readonly #ignored: ReadonlySet<string>;
  readonly #habits = new BoundedTable<Habits>(APPLICATIONS);

  constructor(values: Values) {
    this.#values = values;
    this.#ignored = new Set(values.ignore);
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'flow.ended') continue;
      const { flow, tsUs } = event;
      if (flow.owner === undefined || flow.localSide !== 'client' || flow.server.packets === 0) continue;
      this.#meet(flow, flow.owner.app.slice(0, NAME_CHARS), tsUs, out);
    }
  }

  save(): unknown {
    return { version: 1, habits: this.#habits.newest(SAVED).map(([app, habits]) => ({ app, ...habits })) };
  }

  restore(saved: unknown): void {
    const { version, habits } = (saved ?? {}) as Record<string, unknown>;
    if (version !== 1 || !Array.isArray(habits)) return;
    for (const one of habits.slice(-SAVED)) {
      const { app, firstUs, changedUs, flows, roams, destinations } = (one ?? {}) as Record<string, unknown>;
      if (typeof app !== 'string' || !isCount(firstUs) || !isCount(changedUs) || !isCount(flows)) continue;
      if (!Array.isArray(destinations) || !destinations.every((name) => typeof name === 'string')) continue;
      const kept = destinations.slice(0, MOST_DESTINATIONS).map((name: string) => name.slice(0, NAME_CHARS));
      this.#habits.set(app.slice(0, NAME_CHARS), {
        firstUs,
        changedUs,
        flows,
        roams: roams === true,
        destinations: kept,
      });
    }
  }

  #meet(flow: FlowRecord, app: string, tsUs: number, out: EventWriter): void {
    const habits = this.#habits.take(app, () => ({
      firstUs: tsUs,
      changedUs: tsUs,
      flows: 0,
      roams: false,
      destinations: [],
    }));
    habits.flows += 1;
    if (habits.roams) return;
    const destination = destinationOf(flow).slice(0, NAME_CHARS);
    if (habits.destinations.includes(destination)) return;
    const { most, settled_days, min_flows, learn_days } = this.#values;
    const count = habits.destinations.length;
    const isSteady =
      count <= most &&
      habits.flows > min_flows &&
      tsUs - habits.firstUs >= learn_days * DAY_US &&
      tsUs - habits.changedUs >= settled_days * DAY_US;
    habits.changedUs = tsUs;
    if (count >= MOST_DESTINATIONS) {
      habits.roams = true;
      habits.destinations.length = 0;
      return;
    }
    const before = habits.destinations.slice(0, 4).join(', ');
    habits.destinations.push(destination);
    if (!isSteady || this.#ignored.has(app)) return;
    out.write({
      kind: 'alert.raised',
      tsUs,
      rule: 'new-destination',
      severity: 'info',
      subject: app,
      key: app,
      scope: {
        app,
        host: flow.server.ip,
        ...(flow.server.port !== undefined && { port: flow.server.port }),
        direction: 'out',
      },
      summary: `${app} talks to ${destination}; for days it talked to ${before} only`,
      evidence: {
        destination,
        ip: flow.server.ip,
        ...(flow.server.port !== undefined && { port: flow.server.port }),
        ...(flow.serverName !== undefined && { serverName: flow.serverName }),
        ...(flow.serverCountry !== undefined && { country: flow.serverCountry }),
        txBytes: flow.client.bytes,
        rxBytes: flow.server.bytes,
        flowsBefore: habits.flows - 1,
        destinationsBefore: count,
      },
    });
  }
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
