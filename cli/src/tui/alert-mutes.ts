// Alerts a person has heard enough of. Owns: which are muted, why, and until when. Must not know: where they are kept between runs.
// Bound: MAX_MUTES; what ended is forgotten first, then the oldest.
import type { AlertRaised } from '@kaipo/core/api/events.js';

const MAX_MUTES = 256;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

export interface AlertMute {
  readonly rule: string;
  readonly subject: string;
  readonly reason: string;
  readonly sinceUs: number;
  /** Absent: for ever. */
  readonly untilUs?: number;
}

export class AlertMutes {
  #mutes: readonly AlertMute[];

  constructor(mutes: readonly AlertMute[] = []) {
    this.#mutes = mutes.slice(-MAX_MUTES);
  }

  get list(): readonly AlertMute[] {
    return this.#mutes;
  }

  /** @param duration `30m`, `8h`, `7d`, `2w` or `forever`. */
  add(mute: Omit<AlertMute, 'untilUs'>, duration: string): void {
    const [, count, unit = ''] = /^(\d+)([smhdw])$/.exec(duration) ?? [];
    const lengthS = Number(count) * (SECONDS[unit] ?? Number.NaN);
    const others = this.#mutes.filter((one) => one.rule !== mute.rule || one.subject !== mute.subject);
    const running = others.filter(({ untilUs }) => untilUs === undefined || untilUs > mute.sinceUs);
    const made = Number.isNaN(lengthS) ? mute : { ...mute, untilUs: mute.sinceUs + lengthS * 1e6 };
    this.#mutes = [...running, made].slice(-MAX_MUTES);
  }

  isMuted({ rule, subject, tsUs }: Pick<AlertRaised, 'rule' | 'subject' | 'tsUs'>): boolean {
    return this.#mutes.some(
      (mute) => mute.rule === rule && mute.subject === subject && (mute.untilUs === undefined || tsUs < mute.untilUs),
    );
  }
}
