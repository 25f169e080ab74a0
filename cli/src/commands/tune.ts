// `kaipo tune`: a rule is tried on the past: the same code, told stored intervals, flows and names. Owns what is learned before the period, and
// saying what history cannot answer.
import type { DetectorSpec, EventKind } from '@kaipo/core/api/index.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { measureCaps } from '@kaipo/core/query/measure-caps.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { type Replayed, replayHistory } from '@kaipo/core/query/tune/replay-history.js';
import { RuleTrial } from '@kaipo/core/query/tune/rule-trial.js';
import {
  answerFromHistory,
  askedOr,
  type HistoryAnswer,
  type HistoryContext,
  type HistoryOptions,
} from '../history/history-context.js';
import { type TunedThreshold, tuneAnswerOf } from '../history/tune-answer.js';
import { settingsOf, specWith, variantsOf } from '../history/tune-settings.js';
import { ruleNamed } from '../plugins/detector-specs.js';

export interface TuneOptions extends HistoryOptions {
  readonly rule: string;
  /** key=value */
  readonly set: readonly string[];
  readonly thresholds?: string | true;
}

const DEFAULT_PERIOD = 'last 30 days';
/** A rule that says nothing of learning still has to fill its tables. */
const WARM_UP_US = 3600e6;
const STORED: readonly EventKind[] = ['flow.ended', 'dns.answered', 'cap.measured'];
const CAP_EVERY_US = 3600e6;
/** What it means when a rule wants it. */
const NOT_STORED: Readonly<Record<string, string>> = {
  'device.seen': 'sightings of devices',
  'http.exchanged': 'HTTP requests',
  'dns.asked': 'questions for names that nobody answered',
};

export function runTune(options: TuneOptions): Promise<number> {
  return answerFromHistory(options, askedOr(DEFAULT_PERIOD), (context) => tuneAnswer(context, options));
}

export function tuneAnswer(context: HistoryContext, options: TuneOptions): HistoryAnswer {
  const { store, config, range, info } = context;
  const { plugin, spec: initial } = ruleNamed(options.rule);
  const settings = settingsOf(config.plugins[plugin.name] ?? {}, options.set, plugin.settings ?? []);
  const spec = specWith(plugin, initial.rule, settings);
  const missing = checkStored(spec);
  const asked = options.thresholds === undefined ? undefined : variantsOf(options.thresholds, plugin, spec, settings);
  const learnUs = Math.max(WARM_UP_US, ...[spec, ...(asked?.variants ?? []).map((one) => one.spec)].map(learnsUs));
  const fromUs = Math.max(range.fromUs - learnUs, Math.min(info.firstUs ?? range.fromUs, range.fromUs));
  const trial = new RuleTrial(spec, range.fromUs);
  const variants = asked?.variants.map((one) => ({ ...one, trial: new RuleTrial(one.spec, range.fromUs) })) ?? [];
  const trials = [trial, ...variants.map((one) => one.trial)];
  const { wants } = spec.create();
  const isAboutCaps = wants.includes('cap.measured');
  let capDueUs = fromUs;
  const replayed = replayHistory(
    store,
    { fromUs, toUs: range.toUs },
    { flows: wants.includes('flow.ended'), names: wants.includes('dns.answered') },
    {
      onEvents: (events) => {
        for (const one of trials) one.tellEvents(events);
      },
      onInterval: (interval) => {
        if (isAboutCaps && interval.endUs >= capDueUs) {
          capDueUs = interval.endUs + CAP_EVERY_US;
          const measured = measureCaps(store, config.caps, interval.endUs);
          for (const one of trials) one.tellEvents(measured);
        }
        for (const one of trials) one.tellInterval(interval);
      },
    },
  );
  return tuneAnswerOf(context, {
    spec,
    settings: shownSettings(spec, settings),
    fromUs,
    replayed,
    trial,
    ...(asked !== undefined && { threshold: { key: asked.key, tried: variants.map(thresholdOf) } }),
    notes: [
      ...notesOf(spec, replayed, missing, { fromUs, toUs: range.fromUs }),
      ...(isAboutCaps && config.caps.length === 0 ? ['no cap is configured: there is nothing to reach'] : []),
    ],
  });
}

const learnsUs = ({ learnsUs: us = 0 }: DetectorSpec): number => us;

const thresholdOf = ({ value, trial }: { value: number; trial: RuleTrial }): TunedThreshold => ({
  value,
  incidents: trial.incidents.length + trial.more,
  findings: trial.findings,
  ...trial.counts,
});

const shownSettings = (spec: DetectorSpec, settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(spec.settings.map(({ key, default: initial }) => [key, settings[key] ?? parsed(initial)]));

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return text;
  }
}

/** Kinds it wants that history does not keep. Raises KAIPO_USAGE when nothing is left to try. */
function checkStored(spec: DetectorSpec): readonly string[] {
  const detector = spec.create();
  const missing = detector.wants.filter((kind) => !STORED.includes(kind)).map((kind) => NOT_STORED[kind] ?? kind);
  const canTry = detector.onInterval !== undefined || detector.wants.some((kind) => STORED.includes(kind));
  if (canTry) return missing;
  throw new KaipoError(
    'KAIPO_USAGE',
    `${spec.rule} cannot be tried on the past: it looks at ${missing.join(' and ')}, which history does not keep`,
  );
}

function notesOf(spec: DetectorSpec, replayed: Replayed, missing: readonly string[], learned: TimeRange): string[] {
  const notes: string[] = [];
  const isShort = (spec.learnsUs ?? 0) > learned.toUs - learned.fromUs;
  if (isShort)
    notes.push(
      `history before the period is too short to learn from: ${spec.rule} learned from ${localText(learned.fromUs)} on, also within the period`,
    );
  if (missing.length > 0)
    notes.push(`${spec.rule} also looks at ${missing.join(' and ')}, which history does not keep`);
  if (replayed.missedFields.length > 0)
    notes.push(`${spec.rule} asks flows for what history does not keep: ${replayed.missedFields.join(', ')}`);
  if (replayed.cutWindows > 0)
    notes.push(`${replayed.cutWindows} windows had more flows or names than are read of one`);
  if (replayed.intervals === 0) notes.push('nothing was recorded in this period');
  return notes;
}
