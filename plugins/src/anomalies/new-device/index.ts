// A device on the local network that was never there before, by its hardware address. Owns: what is said of it. Bound: DEVICES hardware
// addresses; a flood of made-up ones is refused when it is full, and does not push out those that are known.
import type { Detector, DeviceSeen, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';
import { KnownNames } from '../parts/known-names.js';
import { DAY_US, learnDays } from '../parts/learn-days.js';
import { NewsGroup } from '../parts/news-group.js';

const SETTINGS = {
  ignore: { description: 'begins of hardware addresses nothing is said of, as "02:42:"', default: [] },
  learn_days: learnDays(2),
};
type Values = SettingValues<typeof SETTINGS>;

const DEVICES = 4096;
/** The bit of an address that was made up, by a phone for privacy or by a container. */
const LOCAL_BIT = 2;

export const newDevicePlugin = defineRule({
  rule: 'new-device',
  title: 'A device that was never seen joined the local network',
  meaning:
    'A hardware address appeared that kaipo has not seen on this network: a guest, a new gadget, or somebody uninvited.',
  falsePositives: 'Phones that change their address for privacy; containers and virtual machines; a USB network card.',
  severity: 'info',
  settings: SETTINGS,
  quietUs: 1800e6,
  learnsUs: ({ learn_days }) => learn_days * DAY_US,
  create: (values) => new NewDevice(values),
});

class NewDevice implements Detector {
  readonly wants = ['device.seen'] as const;
  readonly #ignored: readonly string[];
  readonly #known: KnownNames;
  readonly #group = new NewsGroup('a new device on the local network', 'new devices on the local network');

  constructor({ ignore, learn_days }: Values) {
    this.#ignored = ignore.map((begin) => begin.toLowerCase());
    this.#known = new KnownNames(learn_days * DAY_US, DEVICES);
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'device.seen' || event.mac === undefined) continue;
      if (this.#known.meet(event.mac, event.tsUs) !== 'new') continue;
      if (!this.#ignored.some((begin) => event.mac!.startsWith(begin))) this.#tell(event, event.mac, out);
    }
  }

  save(): unknown {
    return this.#known.save();
  }

  restore(saved: unknown): void {
    this.#known.restore(saved);
  }

  #tell({ tsUs, ip, name, vendor, from }: DeviceSeen, mac: string, out: EventWriter): void {
    const isMadeUp = (Number.parseInt(mac.slice(0, 2), 16) & LOCAL_BIT) !== 0;
    const who = [mac, ip, name, vendor].filter((part) => part !== undefined).join(' ');
    const { count, ...told } = this.#group.add(who, tsUs);
    out.write({
      kind: 'alert.raised',
      tsUs,
      rule: 'new-device',
      severity: 'info',
      ...told,
      ...(ip !== undefined && { scope: { host: ip } }),
      evidence: {
        mac,
        ...(ip !== undefined && { ip }),
        ...(name !== undefined && { name }),
        ...(vendor !== undefined && { vendor }),
        from,
        address: isMadeUp ? 'made up (private, container)' : 'of its maker',
        devices: count,
      },
    });
  }

  /** For tests and counters. */
  get refused(): number {
    return this.#known.refused;
  }
}
