// A country that was never talked to. Owns: which flows are talk. Bound: COUNTRIES names.
import type { Detector, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';
import { KnownNames } from '../parts/known-names.js';
import { DAY_US, learnDays } from '../parts/learn-days.js';

const SETTINGS = {
  min_kb: { description: 'kB in both directions that are talk', default: 4, least: 0, most: 1e6 },
  ignore: { description: 'countries nothing is said of, as ISO codes', default: [] },
  learn_days: learnDays(7),
};
type Values = SettingValues<typeof SETTINGS>;

const COUNTRIES = 300;

export const newCountryPlugin = defineRule({
  rule: 'new-country',
  title: 'First traffic to a country',
  meaning: 'This network began to talk to a server in a country it never talked to. Needs a database of places.',
  falsePositives: 'Content networks that serve from another place today; databases of places are wrong at times.',
  severity: 'info',
  settings: SETTINGS,
  quietUs: 3600e6,
  learnsUs: ({ learn_days }) => learn_days * DAY_US,
  create: (values) => new NewCountry(values),
});

class NewCountry implements Detector {
  readonly wants = ['flow.ended'] as const;
  readonly #minBytes: number;
  readonly #ignored: ReadonlySet<string>;
  readonly #known: KnownNames;

  constructor({ min_kb, ignore, learn_days }: Values) {
    this.#minBytes = min_kb * 1000;
    this.#ignored = new Set(ignore);
    this.#known = new KnownNames(learn_days * DAY_US, COUNTRIES);
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'flow.ended') continue;
      const { flow, tsUs } = event;
      this.#known.begin(tsUs);
      const { client, server, serverCountry: country } = flow;
      if (country === undefined || flow.localSide === 'server' || server.packets === 0) continue;
      if (client.bytes + server.bytes < this.#minBytes) continue;
      if (this.#known.meet(country, tsUs) !== 'new' || this.#ignored.has(country)) continue;
      const app = flow.owner?.app;
      const name = flow.serverName ?? server.ip;
      out.write({
        kind: 'alert.raised',
        tsUs,
        rule: 'new-country',
        severity: 'info',
        subject: country,
        scope: { host: server.ip, direction: 'out', ...(app !== undefined && { app }) },
        summary: `first traffic to ${country}: ${app ?? client.ip} talked to ${name}`,
        evidence: {
          country,
          ip: server.ip,
          ...(flow.serverName !== undefined && { serverName: flow.serverName }),
          ...(flow.serverNetwork !== undefined && { network: flow.serverNetwork }),
          ...(app !== undefined && { app }),
          client: client.ip,
          txBytes: client.bytes,
          rxBytes: server.bytes,
        },
      });
    }
  }

  save(): unknown {
    return this.#known.save();
  }

  restore(saved: unknown): void {
    this.#known.restore(saved);
  }
}
