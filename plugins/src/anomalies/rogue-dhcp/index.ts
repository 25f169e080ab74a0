// A DHCP server that was not there before. Bound: SERVERS names (KnownNames).
import type { Detector, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';
import { KnownNames } from '../parts/known-names.js';
import { DAY_US, learnDays } from '../parts/learn-days.js';

const SETTINGS = {
  servers: { description: 'addresses of the servers that are yours; with any, nothing is learned', default: [] },
  learn_days: learnDays(1),
};
type Values = SettingValues<typeof SETTINGS>;

const SERVERS = 256;
const US_PER_S = 1e6;
const SAY_AGAIN_US = 60 * US_PER_S;
/** The server that was known is in this network: it was heard so recently. */
const HERE_US = 2 * DAY_US;

export const rogueDhcpPlugin = defineRule({
  rule: 'rogue-dhcp',
  title: 'A DHCP server that was not there before',
  meaning:
    'Another server than the usual one gives addresses in this network. Who takes one from it sends its traffic and its questions for names where that server says.',
  falsePositives:
    'A router connected by its wrong port, a phone that shares its line, virtual machines; a new network.',
  severity: 'warning',
  settings: SETTINGS,
  quietUs: 3600e6,
  learnsUs: ({ servers, learn_days }) => (servers.length > 0 ? 0 : learn_days * DAY_US),
  create: (values) => new RogueDhcp(values),
});

class RogueDhcp implements Detector {
  readonly wants = ['device.seen'] as const;
  readonly #own: ReadonlySet<string>;
  readonly #known: KnownNames;
  #lastKnown = '';
  #lastKnownUs = Number.NEGATIVE_INFINITY;
  #saidUs = Number.NEGATIVE_INFINITY;
  /** The strangers that were told, so that they stay strangers. */
  readonly #strange = new Set<string>();

  constructor({ servers, learn_days }: Values) {
    this.#own = new Set(servers);
    this.#known = new KnownNames(servers.length > 0 ? 0 : learn_days * DAY_US, SERVERS);
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'device.seen' || event.role !== 'dhcp-server' || event.ip === undefined) continue;
      this.#meet(event.ip, event.tsUs, out);
    }
  }

  save(): unknown {
    return { ...this.#known.save(), strange: [...this.#strange] };
  }

  restore(saved: unknown): void {
    this.#known.restore(saved);
    const { strange } = (saved ?? {}) as { strange?: unknown };
    if (!Array.isArray(strange)) return;
    for (const ip of strange.slice(0, SERVERS)) if (typeof ip === 'string') this.#strange.add(ip);
  }

  #meet(ip: string, tsUs: number, out: EventWriter): void {
    const isUsual = this.#own.size > 0 ? this.#own.has(ip) : this.#known.meet(ip, tsUs) !== 'new';
    if (isUsual && !this.#strange.has(ip)) {
      this.#lastKnown = ip;
      this.#lastKnownUs = tsUs;
      return;
    }
    const isNew = !this.#strange.has(ip);
    if (isNew && this.#strange.size < SERVERS) this.#strange.add(ip);
    if (!isNew && tsUs - this.#saidUs < SAY_AGAIN_US) return;
    this.#saidUs = tsUs;
    // Where the usual one was not heard, this may be another network.
    const isHere = this.#own.size > 0 || tsUs - this.#lastKnownUs < HERE_US;
    const usual = this.#own.size > 0 ? [...this.#own].slice(0, 4).join(' ') : this.#lastKnown;
    out.write({
      kind: 'alert.raised',
      tsUs,
      rule: 'rogue-dhcp',
      severity: isHere ? 'warning' : 'info',
      subject: ip,
      scope: { host: ip, port: 67 },
      summary: `${ip} gives addresses by DHCP${usual === '' ? ', and never did before' : `; the usual server is ${usual}`}`,
      evidence: { server: ip, ...(usual !== '' && { usualServer: usual }) },
    });
  }
}
