// Something that never stops has stopped: an interface, a host. Owns: the longest pause each ever made. Time in which nothing was recorded is
// no pause. Bound: SUBJECTS; full: the one idle longest goes, and is counted.
import type { AlertRaised, Detector, EventWriter, IntervalRecord } from '@kaipo/core/api/index.js';
import { BoundedTable } from '../parts/bounded-table.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';
import { DAY_US, learnDays } from '../parts/learn-days.js';

const SETTINGS = {
  factor: { description: 'times the longest pause there ever was', default: 4, least: 1.1, most: 1000 },
  min_minutes: { description: 'minutes of silence before anything is said', default: 10, least: 1, most: 100_000 },
  steady_minutes: {
    description: 'whoever once paused longer than so many minutes is not expected to talk',
    default: 30,
    least: 1,
    most: 100_000,
  },
  learn_days: learnDays(3),
};
type Values = SettingValues<typeof SETTINGS>;

const MINUTE_US = 60e6;
const SUBJECTS = 1024;
const SAVED = 512;
const NAME_CHARS = 96;
/** A pause that long is forgotten. */
const REMEMBERED_US = 28 * DAY_US;
/** In the last half of an interval something may have moved: pauses shorter than so many intervals are none. */
const INTERVALS = 3;

type Kind = 'interface' | 'host';

interface Subject {
  readonly kind: Kind;
  readonly name: string;
  /** On the clock of recorded time. */
  firstUs: number;
  lastUs: number;
  /** The longest pause of this span of REMEMBERED_US and of the one before. */
  pauseUs: number;
  olderPauseUs: number;
  isSilent: boolean;
}

export const silencePlugin = defineRule({
  rule: 'silence',
  title: 'An interface or host that never stops talking has stopped',
  meaning:
    'For days it never paused long, and now nothing comes from it: a cable, a crashed machine, a tunnel that is down, a monitor that died.',
  falsePositives: 'A machine switched off on purpose; an address that was given to another machine.',
  severity: 'warning',
  settings: SETTINGS,
  quietUs: 7 * DAY_US,
  learnsUs: ({ learn_days }) => learn_days * DAY_US,
  create: (values) => new Silence(values),
});

class Silence implements Detector {
  readonly wants = [];
  readonly #values: Values;
  readonly #subjects: Readonly<Record<Kind, BoundedTable<Subject>>> = {
    interface: new BoundedTable(SUBJECTS / 8),
    host: new BoundedTable(SUBJECTS),
  };
  /** Time that was recorded, all together: the clock of pauses. */
  #recordedUs = 0;
  #sinceTurnUs = 0;
  #sinceLookUs = 0;

  constructor(values: Values) {
    this.#values = values;
  }

  onInterval(interval: IntervalRecord, out: EventWriter): void {
    const lengthUs = interval.endUs - interval.startUs;
    if (interval.isCaughtUp === true || lengthUs <= 0) return;
    this.#recordedUs += lengthUs;
    for (const row of interval.interfaces) this.#heard('interface', row.name, interval.endUs, out);
    // Without packets nothing is known of hosts: they are not silent, nobody listens.
    const isCapturing = interval.hosts.length > 0;
    for (const row of interval.hosts)
      if (row.rxPackets + row.rxBytes > 0) this.#heard('host', row.name, interval.endUs, out);
    this.#sinceTurnUs += lengthUs;
    if (this.#sinceTurnUs >= REMEMBERED_US) this.#turn();
    this.#sinceLookUs += lengthUs;
    if (this.#sinceLookUs < MINUTE_US) return;
    this.#sinceLookUs = 0;
    this.#look('interface', interval.endUs, lengthUs, out);
    if (isCapturing) this.#look('host', interval.endUs, lengthUs, out);
  }

  save(): unknown {
    const rows = (['interface', 'host'] as const).flatMap((kind) =>
      this.#subjects[kind]
        .newest(SAVED)
        .map(([name, one]) => [kind, name, one.firstUs, one.lastUs, one.pauseUs, one.olderPauseUs, one.isSilent]),
    );
    return { version: 1, recordedUs: this.#recordedUs, sinceTurnUs: this.#sinceTurnUs, rows };
  }

  restore(saved: unknown): void {
    const { version, recordedUs, sinceTurnUs, rows } = (saved ?? {}) as Record<string, unknown>;
    if (version !== 1 || !isTime(recordedUs) || !isTime(sinceTurnUs) || !Array.isArray(rows)) return;
    this.#recordedUs = recordedUs;
    this.#sinceTurnUs = sinceTurnUs;
    for (const row of rows.slice(0, 2 * SUBJECTS)) {
      if (!Array.isArray(row)) continue;
      const [kind, name, firstUs, lastUs, pauseUs, olderPauseUs, isSilent] = row as unknown[];
      if ((kind !== 'interface' && kind !== 'host') || typeof name !== 'string') continue;
      if (!isTime(firstUs) || !isTime(lastUs) || !isTime(pauseUs) || !isTime(olderPauseUs)) continue;
      const key = name.slice(0, NAME_CHARS);
      const subject = { kind, name: key, firstUs, lastUs, pauseUs, olderPauseUs, isSilent: isSilent === true };
      this.#subjects[kind].set(key, subject as Subject);
    }
  }

  #heard(kind: Kind, name: string, nowUs: number, out: EventWriter): void {
    const key = name.length > NAME_CHARS ? name.slice(0, NAME_CHARS) : name;
    const subject = this.#subjects[kind].use(key);
    if (subject === undefined) {
      const atUs = this.#recordedUs;
      const fresh = { kind, name: key, firstUs: atUs, lastUs: atUs, pauseUs: 0, olderPauseUs: 0, isSilent: false };
      this.#subjects[kind].set(key, fresh);
      return;
    }
    const pauseUs = this.#recordedUs - subject.lastUs;
    subject.lastUs = this.#recordedUs;
    if (pauseUs > subject.pauseUs) subject.pauseUs = pauseUs;
    if (!subject.isSilent) return;
    subject.isSilent = false;
    out.write(finding(subject, nowUs, pauseUs, true));
  }

  #look(kind: Kind, nowUs: number, lengthUs: number, out: EventWriter): void {
    const { factor, min_minutes, steady_minutes, learn_days } = this.#values;
    const learnsUs = learn_days * DAY_US;
    // Those heard longest ago come first.
    for (const [, subject] of this.#subjects[kind].entries()) {
      const pauseUs = this.#recordedUs - subject.lastUs;
      if (pauseUs < min_minutes * MINUTE_US || pauseUs < INTERVALS * lengthUs) break;
      const longestUs = Math.max(subject.pauseUs, subject.olderPauseUs);
      if (subject.isSilent || subject.lastUs - subject.firstUs < learnsUs) continue;
      if (longestUs > steady_minutes * MINUTE_US || pauseUs < factor * longestUs) continue;
      subject.isSilent = true;
      out.write(finding(subject, nowUs, pauseUs, false));
    }
  }

  #turn(): void {
    this.#sinceTurnUs = 0;
    for (const table of Object.values(this.#subjects)) {
      for (const [, subject] of table.entries()) {
        subject.olderPauseUs = subject.pauseUs;
        subject.pauseUs = 0;
      }
    }
  }
}

function finding(subject: Subject, tsUs: number, pauseUs: number, isOver: boolean): AlertRaised {
  const { kind, name } = subject;
  const minutes = Math.round(pauseUs / MINUTE_US);
  return {
    kind: 'alert.raised',
    tsUs,
    rule: 'silence',
    severity: 'warning',
    subject: name,
    key: `${kind} ${name}`,
    scope: kind === 'interface' ? { interface: name } : { host: name },
    summary: isOver
      ? `the ${kind} ${name} talks again after ${minutes} minutes`
      : `nothing from the ${kind} ${name} for ${minutes} minutes; it never paused so long`,
    evidence: {
      silentS: Math.round(pauseUs / 1e6),
      longestPauseS: Math.round(Math.max(isOver ? 0 : subject.pauseUs, subject.olderPauseUs) / 1e6),
      knownDays: Number(((subject.lastUs - subject.firstUs) / DAY_US).toFixed(1)),
    },
    ...(isOver && { isOver: true as const }),
  };
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
