// An application that never used the network before. Owns: what counts as one. Bound: APPLICATIONS names (KnownNames).
import type { Detector, EventWriter, IntervalRecord } from '@kaipo/core/api/index.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';
import { KnownNames } from '../parts/known-names.js';
import { DAY_US, learnDays } from '../parts/learn-days.js';
import { NewsGroup } from '../parts/news-group.js';

const SETTINGS = {
  ignore: { description: 'applications nothing is said of', default: [] },
  learn_days: learnDays(7),
};
type Values = SettingValues<typeof SETTINGS>;

const APPLICATIONS = 2048;

export const newApplicationPlugin = defineRule({
  rule: 'new-application',
  title: 'An application uses the network for the first time',
  meaning:
    'A program that was never seen on the network moved its first bytes: installed, updated, or brought by somebody.',
  falsePositives: 'Whatever you have just installed; a script under a new name.',
  severity: 'info',
  settings: SETTINGS,
  quietUs: 1800e6,
  learnsUs: ({ learn_days }) => learn_days * DAY_US,
  create: (values) => new NewApplication(values),
});

class NewApplication implements Detector {
  readonly wants = [];
  readonly #ignored: ReadonlySet<string>;
  readonly #known: KnownNames;
  readonly #group = new NewsGroup('first traffic of the application', 'new applications');

  constructor({ ignore, learn_days }: Values) {
    this.#ignored = new Set(ignore);
    this.#known = new KnownNames(learn_days * DAY_US, APPLICATIONS);
  }

  onInterval(interval: IntervalRecord, out: EventWriter): void {
    if (interval.isCaughtUp === true) return;
    this.#known.begin(interval.startUs);
    for (const row of interval.apps) {
      if (this.#known.meet(row.name, interval.endUs) !== 'new' || this.#ignored.has(row.name)) continue;
      const { count, ...told } = this.#group.add(row.name, interval.endUs);
      out.write({
        kind: 'alert.raised',
        tsUs: interval.endUs,
        rule: 'new-application',
        severity: 'info',
        ...told,
        scope: { app: row.name },
        evidence: {
          app: row.name,
          ...(row.exe !== undefined && { exe: row.exe }),
          ...(row.user !== undefined && { user: row.user }),
          ...(row.unit !== undefined && { unit: row.unit }),
          ...(row.container !== undefined && { container: row.container }),
          bytes: row.rxBytes + row.txBytes,
          applications: count,
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
