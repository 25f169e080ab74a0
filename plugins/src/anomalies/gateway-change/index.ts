// The way out of the network is another one: DHCP or a router advertisement names a router that was never named. Bound: ROUTERS names (KnownNames).
import type { Detector, DeviceSeen, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';
import { KnownNames } from '../parts/known-names.js';
import { DAY_US, learnDays } from '../parts/learn-days.js';

const SETTINGS = {
  routers: { description: 'addresses of routers that are yours', default: [] },
  learn_days: learnDays(1),
};
type Values = SettingValues<typeof SETTINGS>;

const ROUTERS = 256;
const US_PER_S = 1e6;
/** The router of before is still here when it was heard within this: then there are two. */
const STILL_HERE_US = 1800 * US_PER_S;

export const gatewayChangePlugin = defineRule({
  rule: 'gateway-change',
  title: 'Another router is named as the way out',
  meaning:
    'DHCP or a router advertisement named a router that was never named before: all traffic to the internet may go through it. Graver when the router of before is still there.',
  falsePositives: 'A new router, another network, a phone that shares its line.',
  severity: 'warning',
  settings: SETTINGS,
  quietUs: 3600e6,
  learnsUs: ({ learn_days }) => learn_days * DAY_US,
  create: (values) => new GatewayChange(values),
});

class GatewayChange implements Detector {
  readonly wants = ['device.seen'] as const;
  readonly #own: ReadonlySet<string>;
  readonly #known: KnownNames;
  #last: { ip: string; mac?: string | undefined; heardUs: number } | undefined;

  constructor({ routers, learn_days }: Values) {
    this.#own = new Set(routers);
    this.#known = new KnownNames(learn_days * DAY_US, ROUTERS);
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'device.seen' || event.ip === undefined) continue;
      if (event.ip === this.#last?.ip) {
        this.#last.heardUs = event.tsUs;
        this.#last.mac = event.mac ?? this.#last.mac;
      } else if (event.role === 'router') this.#meet(event, event.ip, out);
    }
  }

  save(): unknown {
    return this.#known.save();
  }

  restore(saved: unknown): void {
    this.#known.restore(saved);
  }

  #meet({ mac, from, tsUs }: DeviceSeen, ip: string, out: EventWriter): void {
    const novelty = this.#known.meet(ip, tsUs);
    const before = this.#last;
    const isSameDevice = mac !== undefined && mac === before?.mac;
    this.#last = { ip, mac, heardUs: tsUs };
    if (novelty !== 'new' || this.#own.has(ip) || isSameDevice) return;
    const isSecond = before !== undefined && tsUs - before.heardUs < STILL_HERE_US;
    out.write({
      kind: 'alert.raised',
      tsUs,
      rule: 'gateway-change',
      severity: isSecond ? 'warning' : 'info',
      subject: ip,
      scope: { host: ip },
      summary: `${ip} is named as the router${before === undefined ? '' : `; it was ${before.ip}${isSecond ? ', which is still here' : ''}`}`,
      evidence: {
        router: ip,
        ...(mac !== undefined && { mac }),
        namedBy: from === 'dhcp' ? 'DHCP' : 'router advertisement',
        ...(before !== undefined && { routerBefore: before.ip }),
        ...(before?.mac !== undefined && { macBefore: before.mac }),
      },
    });
  }
}
