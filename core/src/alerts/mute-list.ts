// The mutes there are. Owns their numbers, which of them fit, and how often. Bound: MAX_MUTES; those that are over stay to be looked at until
// their room is needed, and when all still run a further one is refused.
import { KaipoError } from '../kernel/errors.js';
import { safeText } from '../kernel/safe-text.js';
import { type AlertMute, isRunning, type MutedAlert, MuteMatcher, type MuteScope } from './alert-mute.js';

export const MAX_MUTES = 256;
const MAX_REASON = 256;

export class MuteList {
  #mutes: readonly AlertMute[];
  #matchers = new Map<string, MuteMatcher>();
  #lastId: number;

  constructor(mutes: readonly AlertMute[] = [], lastId = 0) {
    this.#mutes = mutes.slice(-MAX_MUTES);
    this.#lastId = mutes.reduce((last, { id }) => Math.max(last, Number(id) || 0), lastId);
    for (const mute of this.#mutes) this.#matchers.set(mute.id, new MuteMatcher(mute));
  }

  get list(): readonly AlertMute[] {
    return this.#mutes;
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** Raises KAIPO_USAGE without a reason, when its end is over already, or when there are too many. */
  add(scope: MuteScope, reason: string, nowUs: number, untilUs?: number): AlertMute {
    const why = safeText(reason.trim(), MAX_REASON);
    if (why === '') throw new KaipoError('KAIPO_USAGE', 'a mute needs a reason', 'add --reason "our own scanner"');
    if (untilUs !== undefined && untilUs <= nowUs) throw new KaipoError('KAIPO_USAGE', 'the end of the mute is over');
    const isFull = this.#mutes.length >= MAX_MUTES;
    const oldest = isFull ? this.#mutes.find((mute) => !isRunning(mute, nowUs)) : undefined;
    if (isFull && oldest === undefined) {
      throw new KaipoError('KAIPO_USAGE', `there are ${MAX_MUTES} mutes already`, 'kaipo alerts mutes');
    }
    this.#lastId += 1;
    const mute: AlertMute = {
      ...scope,
      id: String(this.#lastId),
      reason: why,
      sinceUs: nowUs,
      ...(untilUs !== undefined && { untilUs }),
      held: 0,
    };
    this.#put([...this.#mutes.filter((one) => one !== oldest), mute]);
    return mute;
  }

  /** Answers the mute that is gone; raises KAIPO_USAGE when there is none of that number. */
  remove(id: string): AlertMute {
    const mute = this.#mutes.find((one) => one.id === id);
    if (mute === undefined) {
      throw new KaipoError('KAIPO_USAGE', `there is no mute ${safeText(id)}`, 'kaipo alerts mutes');
    }
    this.#put(this.#mutes.filter((one) => one !== mute));
    return mute;
  }

  muting(alert: MutedAlert, nowUs: number): AlertMute | undefined {
    return this.#mutes.find((mute) => isRunning(mute, nowUs) && this.#matchers.get(mute.id)?.fits(alert) === true);
  }

  countHeld({ id }: AlertMute): void {
    this.#mutes = this.#mutes.map((mute) => (mute.id === id ? { ...mute, held: mute.held + 1 } : mute));
  }

  #put(mutes: readonly AlertMute[]): void {
    this.#mutes = mutes;
    this.#matchers = new Map(mutes.map((mute) => [mute.id, this.#matchers.get(mute.id) ?? new MuteMatcher(mute)]));
  }
}
