// What a screen remembers between two snapshots. Owns: throughput samples, the last DNS names, alerts and own notices,
// totals of drops. Must not know: how it is drawn. Bounds: the constants below; the oldest goes first.
import type { AlertRaised, DnsAnswered, DnsAsked } from '@kaipo/core/api/events.js';
import type { LiveInterface, LiveNotice, LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { AlertMutes } from './alert-mutes.js';

const MAX_SAMPLES = 1024;
const MAX_DNS = 200;
const MAX_NOTICES = 64;
const MAX_ALERTS = 500;
/** Interfaces with samples of their own; of those that are gone the first is forgotten. */
const MAX_LINKS = 32;

export interface ThroughputSample {
  readonly tsUs: number;
  /** Bytes a second; NaN where no snapshot came. */
  readonly rx: number;
  readonly tx: number;
}

export class LiveMemory {
  readonly samples: ThroughputSample[] = [];
  readonly dns: (DnsAsked | DnsAnswered)[] = [];
  readonly alerts: AlertRaised[] = [];
  /** With the alert it tells of, which may be muted later. */
  readonly #notices: (LiveNotice & { readonly alert?: AlertRaised })[] = [];
  readonly mutes: AlertMutes;
  readonly #links = new Map<string, ThroughputSample[]>();
  received = 0;
  dropped = 0;

  constructor(mutes = new AlertMutes()) {
    this.mutes = mutes;
  }

  /** What a screen would remember had it been there then. */
  ofThePast(samples: readonly ThroughputSample[], { dns, alerts, capture }: LiveSnapshot): LiveMemory {
    const memory = new LiveMemory(this.mutes);
    memory.samples.push(...samples.slice(-MAX_SAMPLES));
    memory.dns.push(...dns.slice(-MAX_DNS));
    memory.alerts.push(...alerts.slice(-MAX_ALERTS));
    memory.received = capture.received;
    memory.dropped = capture.droppedByKernel + capture.droppedByHelper;
    return memory;
  }

  add(snapshot: LiveSnapshot): void {
    this.#addSample(snapshot);
    this.received += snapshot.capture.received;
    this.dropped += snapshot.capture.droppedByKernel + snapshot.capture.droppedByHelper;
    for (const event of snapshot.dns) this.dns.push(event);
    trim(this.dns, MAX_DNS);
    for (const alert of snapshot.alerts) {
      this.alerts.push(alert);
      this.addNotice({ ...noticeOf(alert), alert });
    }
    trim(this.alerts, MAX_ALERTS);
  }

  addNotice(notice: LiveNotice & { readonly alert?: AlertRaised }): void {
    this.#notices.push(notice);
    trim(this.#notices, MAX_NOTICES);
  }

  /** What is worth a line now, oldest first. Good news leaves after two minutes, warnings after fifteen. */
  notices(snapshot: LiveSnapshot): LiveNotice[] {
    const own = this.#notices.filter(({ alert }) => alert === undefined || !this.mutes.isMuted(alert));
    const all: LiveNotice[] = [...snapshot.notices, ...own];
    const kept = all.filter((notice) => {
      const ageUs = snapshot.tsUs - notice.tsUs;
      return notice.severity === 'critical' || ageUs < (notice.severity === 'warning' ? 900e6 : 120e6);
    });
    return kept.sort((a, b) => a.tsUs - b.tsUs);
  }

  /** The newest `count` samples that are not younger than `untilUs`, oldest first; of one interface, where it has any. */
  window(count: number, untilUs: number, link?: string): readonly ThroughputSample[] {
    const samples = (link === undefined ? undefined : this.#links.get(link)) ?? this.samples;
    let end = samples.length;
    while (end > 0 && (samples[end - 1]?.tsUs ?? 0) > untilUs) end -= 1;
    return samples.slice(Math.max(0, end - count), end);
  }

  /** Are there samples of this interface alone? */
  hasLink(link: string): boolean {
    return this.#links.has(link);
  }

  #addSample(snapshot: LiveSnapshot): void {
    let rx = 0;
    let tx = 0;
    for (const link of watchedInterfaces(snapshot)) {
      rx += link.rxBytes;
      tx += link.txBytes;
    }
    addSample(this.samples, snapshot, rx, tx);
    for (const { name, rxBytes, txBytes } of snapshot.interfaces.slice(0, MAX_LINKS)) {
      const samples = this.#links.get(name) ?? [];
      // The latest last: those that are gone come first.
      this.#links.delete(name);
      this.#links.set(name, samples);
      addSample(samples, snapshot, rxBytes, txBytes);
    }
    for (const name of this.#links.keys()) {
      if (this.#links.size <= MAX_LINKS) break;
      this.#links.delete(name);
    }
  }
}

function addSample(
  samples: ThroughputSample[],
  { tsUs, intervalUs }: LiveSnapshot,
  rxBytes: number,
  txBytes: number,
): void {
  const previous = samples.at(-1);
  if (previous !== undefined && intervalUs > 0) {
    // A machine that slept, an analyzer that was stopped: the axis is time, so the hole is drawn.
    const missing = Math.min(Math.round((tsUs - previous.tsUs) / intervalUs) - 1, MAX_SAMPLES);
    for (let i = 1; i <= missing; i += 1) {
      samples.push({ tsUs: previous.tsUs + i * intervalUs, rx: Number.NaN, tx: Number.NaN });
    }
  }
  const perSecond = intervalUs > 0 ? 1e6 / intervalUs : 0;
  samples.push({ tsUs, rx: rxBytes * perSecond, tx: txBytes * perSecond });
  trim(samples, MAX_SAMPLES);
}

/** Whose bytes the graph adds up: the captured interfaces; without capture all but loopback. */
export function watchedInterfaces(snapshot: LiveSnapshot): readonly LiveInterface[] {
  const captured = snapshot.interfaces.filter((link) => link.captured);
  if (captured.length > 0) return captured;
  const real = snapshot.interfaces.filter((link) => link.name !== 'lo');
  return real.length > 0 ? real : snapshot.interfaces;
}

function noticeOf(alert: AlertRaised): LiveNotice {
  return { tsUs: alert.tsUs, severity: alert.severity, text: `${alert.subject}: ${alert.summary}` };
}

function trim(list: unknown[], bound: number): void {
  if (list.length > bound) list.splice(0, list.length - bound);
}
