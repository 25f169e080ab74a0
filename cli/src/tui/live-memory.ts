// What a screen remembers between two snapshots. Owns: throughput samples, the last DNS names, alerts and own notices,
// totals of drops. Must not know: how it is drawn. Bounds: the constants below; the oldest goes first.
import type { AlertRaised, DnsAnswered, DnsAsked } from '@kaipo/core/api/events.js';
import type { LiveInterface, LiveNotice, LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { type AlertMute, AlertMutes } from './alert-mutes.js';

const MAX_SAMPLES = 1024;
const MAX_DNS = 200;
const MAX_NOTICES = 64;
const MAX_ALERTS = 500;

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
  readonly #notices: LiveNotice[] = [];
  readonly mutes: AlertMutes;
  received = 0;
  dropped = 0;

  constructor(mutes: readonly AlertMute[] = []) {
    this.mutes = new AlertMutes(mutes);
  }

  /** What a screen would remember had it been there then. */
  ofThePast(samples: readonly ThroughputSample[], { dns, alerts, capture }: LiveSnapshot): LiveMemory {
    const memory = new LiveMemory(this.mutes.list);
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
      if (!this.mutes.isMuted(alert)) this.addNotice(noticeOf(alert));
    }
    trim(this.alerts, MAX_ALERTS);
  }

  addNotice(notice: LiveNotice): void {
    this.#notices.push(notice);
    trim(this.#notices, MAX_NOTICES);
  }

  /** What is worth a line now, oldest first. Good news leaves after two minutes, warnings after fifteen. */
  notices(snapshot: LiveSnapshot): LiveNotice[] {
    const all = [...snapshot.notices, ...this.#notices];
    const kept = all.filter((notice) => {
      const ageUs = snapshot.tsUs - notice.tsUs;
      return notice.severity === 'critical' || ageUs < (notice.severity === 'warning' ? 900e6 : 120e6);
    });
    return kept.sort((a, b) => a.tsUs - b.tsUs);
  }

  /** The newest `count` samples that are not younger than `untilUs`, oldest first. */
  window(count: number, untilUs: number): readonly ThroughputSample[] {
    let end = this.samples.length;
    while (end > 0 && (this.samples[end - 1]?.tsUs ?? 0) > untilUs) end -= 1;
    return this.samples.slice(Math.max(0, end - count), end);
  }

  #addSample(snapshot: LiveSnapshot): void {
    const previous = this.samples.at(-1);
    if (previous !== undefined && snapshot.intervalUs > 0) {
      // A machine that slept, an analyzer that was stopped: the axis is time, so the hole is drawn.
      const missing = Math.min(Math.round((snapshot.tsUs - previous.tsUs) / snapshot.intervalUs) - 1, MAX_SAMPLES);
      for (let i = 1; i <= missing; i += 1) {
        this.samples.push({ tsUs: previous.tsUs + i * snapshot.intervalUs, rx: Number.NaN, tx: Number.NaN });
      }
    }
    const perSecond = snapshot.intervalUs > 0 ? 1e6 / snapshot.intervalUs : 0;
    let rx = 0;
    let tx = 0;
    for (const link of watchedInterfaces(snapshot)) {
      rx += link.rxBytes;
      tx += link.txBytes;
    }
    this.samples.push({ tsUs: snapshot.tsUs, rx: rx * perSecond, tx: tx * perSecond });
    trim(this.samples, MAX_SAMPLES);
  }
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
