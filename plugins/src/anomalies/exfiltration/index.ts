// This machine sends far more to one place than it ever does. Owns: what was sent to each place within an hour, and the largest such hours.
// Must not know: packets. Bound: 1,024 places; that to which nothing was sent for longest goes. 64 names of flows.
import type { Detector, EventWriter, IntervalRecord, KaipoEvent } from '@kaipo/core/api/index.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { BoundedTable } from '../parts/bounded-table.js';
import { defineRule } from '../parts/define-rule.js';
import { hours, minutes } from '../parts/flow-words.js';
import { isLocalAddress } from '../parts/local-address.js';
import { Said } from '../parts/said.js';
import { rowsOf, savedRows } from '../parts/saved-rows.js';

const RULE = 'exfiltration';
const PLACES = 1_024;
const VERSION = 1;
/** Smaller movements make no row: the table is for those that could matter. */
const LEAST_BYTES = 10_000;
/** Uploads get acknowledgements back, an exchange gets data. */
const LEAST_RATIO = 3;
/** A place is new for a day. */
const NEW_US = hours(24);
const NAMED_BYTES = 1_000_000;

export const exfiltrationPlugin = defineRule({
  rule: RULE,
  title: 'Unusually large uploads',
  meaning:
    'Within an hour this machine sent far more to one place outside than to any before, or than to this one before, and got little back: a ' +
    'new backup, or somebody takes data away.',
  falsePositives:
    'The first run of a backup or of a file share, a video sent to a friend, a large update of a web site. A known place needs more.',
  severity: 'warning',
  settings: {
    least_bytes: {
      description: 'sent to one place within an hour, at least',
      default: 500_000_000,
      least: 1_000,
      most: 1e13,
    },
    times: { description: 'so many times the largest hour before', default: 4, least: 1, most: 1_000 },
    learn_hours: { description: 'learns in silence for so long', default: 24, least: 0, most: 720 },
    ignored_hosts: { description: 'addresses that may get anything', default: [] },
  },
  quietUs: hours(1),
  learnsUs: ({ learn_hours }) => hours(learn_hours),
  create: ({ least_bytes, times, learn_hours, ignored_hosts }) =>
    new Exfiltration(least_bytes, times, hours(learn_hours), new Set(ignored_hosts)),
});

interface Place {
  readonly firstUs: number;
  hourStartUs: number;
  txBytes: number;
  rxBytes: number;
  /** The largest hour that is over. */
  largestBytes: number;
}

class Exfiltration implements Detector {
  readonly wants = ['flow.ended'] as const;
  readonly #places = new BoundedTable<Place>(PLACES);
  /** Who sent: by address, of flows that moved something. */
  readonly #names = new BoundedTable<{ readonly name?: string; readonly app?: string }>(64);
  readonly #said = new Said(minutes(10));
  readonly #leastBytes: number;
  readonly #times: number;
  readonly #learnUs: number;
  /** When the first interval it ever was told began. */
  #sinceUs: number | undefined;
  readonly #ignored: ReadonlySet<string>;
  #usualBytes = 0;

  constructor(leastBytes: number, times: number, learnUs: number, ignored: ReadonlySet<string>) {
    this.#leastBytes = leastBytes;
    this.#times = times;
    this.#learnUs = learnUs;
    this.#ignored = ignored;
  }

  onEvents(events: readonly KaipoEvent[], _out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'flow.ended' || !(event.flow.client.bytes > NAMED_BYTES)) continue;
      const { serverName, owner, server } = event.flow;
      this.#names.set(server.ip, {
        ...(serverName === undefined ? {} : { name: serverName }),
        ...(owner === undefined ? {} : { app: owner.app }),
      });
    }
  }

  onInterval(interval: IntervalRecord, out: EventWriter): void {
    if (interval.isCaughtUp === true) return;
    this.#sinceUs ??= interval.startUs;
    const isLearning = interval.endUs - this.#sinceUs < this.#learnUs;
    for (const { name, txBytes, rxBytes, zone } of interval.hosts) {
      if (txBytes < LEAST_BYTES && this.#places.peek(name) === undefined) continue;
      if ((zone !== undefined && zone !== 'internet') || isLocalAddress(name) || this.#ignored.has(name)) continue;
      const place = this.#places.take(name, () => newPlace(interval.startUs));
      this.#turnHour(place, interval.endUs);
      place.txBytes += txBytes;
      place.rxBytes += rxBytes;
      if (!isLearning && this.#isUnusual(place, interval.endUs) && this.#said.may(name, interval.endUs))
        this.#tell(name, place, interval.endUs, out);
    }
  }

  #turnHour(place: Place, nowUs: number): void {
    if (nowUs - place.hourStartUs < hours(1) && nowUs >= place.hourStartUs) return;
    place.largestBytes = Math.max(place.largestBytes, place.txBytes);
    // What was usual fades: half of it in a month of full hours.
    this.#usualBytes = Math.max(this.#usualBytes * 0.999, place.txBytes);
    place.hourStartUs = nowUs;
    place.txBytes = 0;
    place.rxBytes = 0;
  }

  #isUnusual(place: Place, nowUs: number): boolean {
    if (place.txBytes < this.#leastBytes || place.txBytes < place.rxBytes * LEAST_RATIO) return false;
    const before = this.#isNew(place, nowUs) ? this.#usualBytes : place.largestBytes;
    return place.txBytes > before * this.#times;
  }

  #isNew = (place: Place, nowUs: number): boolean => nowUs - place.firstUs < NEW_US;

  #tell(ip: string, place: Place, tsUs: number, out: EventWriter): void {
    const known = this.#names.peek(ip);
    const subject = known?.name ?? ip;
    const isNew = this.#isNew(place, tsUs);
    out.write({
      kind: 'alert.raised',
      tsUs,
      rule: RULE,
      severity: 'warning',
      subject,
      summary: `${formatBytes(place.txBytes)} were sent to ${subject} within an hour, ${isNew ? 'a new place' : 'more than ever before'}`,
      evidence: {
        address: ip,
        sentBytes: place.txBytes,
        receivedBytes: place.rxBytes,
        sinceSeconds: Math.round((tsUs - place.hourStartUs) / 1e6),
        usualBytes: Math.round(isNew ? this.#usualBytes : place.largestBytes),
        isNew: isNew ? 'yes' : 'no',
        ...(known?.app === undefined ? {} : { application: known.app }),
      },
      key: ip,
      scope: { host: ip, direction: 'out', ...(known?.app === undefined ? {} : { app: known.app }) },
    });
  }

  save(): unknown {
    const places = this.#places
      .newest(PLACES)
      .map(([ip, { firstUs, largestBytes, txBytes }]) => [ip, firstUs, Math.max(largestBytes, txBytes)]);
    return savedRows(VERSION, [['', this.#sinceUs ?? -1, this.#usualBytes], ...places]);
  }

  restore(saved: unknown): void {
    for (const [ip, firstUs, largestBytes] of rowsOf(saved, VERSION, ['', 0, 0]).slice(0, PLACES + 1))
      if (ip === '') {
        this.#usualBytes = Math.max(0, Number(largestBytes));
        if (Number(firstUs) >= 0) this.#sinceUs = Number(firstUs);
      } else
        this.#places.set(String(ip).slice(0, 64), { ...newPlace(Number(firstUs)), largestBytes: Number(largestBytes) });
  }
}

const newPlace = (firstUs: number): Place => ({
  firstUs,
  hourStartUs: firstUs,
  txBytes: 0,
  rxBytes: 0,
  largestBytes: 0,
});
