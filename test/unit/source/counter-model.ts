// A machine with interfaces whose true bytes are known: the counters it shows may restart, wrap, jump and lie; the truth does not.
// Knows nothing of how counters are judged. `lost` is what nobody could tell from the counters shown, at most.
import type { InterfaceCounters } from '@kaipo/core/source/counters.js';

export interface ModelLink {
  name: string;
  ifindex: number;
  readonly is32Bit: boolean;
  readonly class: 'physical' | 'virtual';
  carrierChanges: number;
  rx: number;
  tx: number;
  /** What a driver put on top of the truth, for good. */
  jumped: number;
  /** True bytes since the last reading that showed the truth. */
  pending: number;
  /** So many truthful readings from now on may leave out what is pending. */
  doubtful: number;
  /** Has it been read at all since the recorder runs, or does a baseline know it? */
  isKnown: boolean;
  lastSeenUs: number;
  lie: 'none' | 'high' | 'zero' | 'missing';
  lastLie: 'none' | 'high' | 'zero' | 'missing' | 'jump' | 'jumped';
  hasWrapped: number;
}

/** More than any link of the model carries in any time of the model; small enough to add up exactly. */
const LIE = 4e15;
const WRAP = 2 ** 32;

export class ModelMachine {
  links: ModelLink[] = [];
  truth = 0;
  lost = 0;
  monotonicUs = 5e9;
  bootUs = 0;
  wallUs = 1.7e15;
  boot = 1;
  #ifindex = 1;
  #names = 0;

  add(is32Bit: boolean, itsClass: ModelLink['class'], before: number): ModelLink {
    this.#names += 1;
    const link: ModelLink = {
      name: `if${this.#names}`,
      ifindex: ++this.#ifindex,
      is32Bit,
      class: itsClass,
      carrierChanges: 1,
      rx: before,
      tx: Math.floor(before / 3),
      jumped: 0,
      pending: 0,
      doubtful: 0,
      isKnown: false,
      lastSeenUs: this.monotonicUs,
      lie: 'none',
      lastLie: 'none',
      hasWrapped: 0,
    };
    this.links.push(link);
    return link;
  }

  remove(link: ModelLink): void {
    this.lost += link.pending;
    this.links = this.links.filter((one) => one !== link);
  }

  /** Taken away and made anew under the same name. */
  recreate(link: ModelLink): void {
    this.remove(link);
    this.add(link.is32Bit, link.class, 0).name = link.name;
  }

  traffic(link: ModelLink, rx: number, tx: number): void {
    const wraps = Number(wrapsOf(link.rx + rx) > wrapsOf(link.rx)) + Number(wrapsOf(link.tx + tx) > wrapsOf(link.tx));
    // A counter that shows zero once, and meanwhile passes its end in both directions, looks exactly like one that began again.
    if (link.is32Bit && (link.lie === 'zero' || link.lastLie === 'zero') && link.hasWrapped + wraps > 1) return;
    if (link.is32Bit) link.hasWrapped += wraps;
    link.rx += rx;
    link.tx += tx;
    link.pending += rx + tx;
    this.truth += rx + tx;
  }

  reset(link: ModelLink, withCarrier: boolean): void {
    link.rx = 0;
    link.tx = 0;
    link.jumped = 0;
    link.hasWrapped = 0;
    link.doubtful = 2;
    if (withCarrier) link.carrierChanges += 2;
  }

  /** A driver that adds to its counters what never moved, for good. Not twice, and not where a lie would follow. */
  jump(link: ModelLink): void {
    if (link.is32Bit || link.jumped > 0 || link.lastLie !== 'none') return;
    link.jumped = LIE;
    link.lie = 'none';
    link.lastLie = 'jump';
    link.doubtful = 2;
  }

  lieNext(link: ModelLink, lie: ModelLink['lie']): void {
    // Two wrong readings in a row, that grow, cannot be told from a fast link: the one assumption there is.
    if (link.lastLie === 'none' && !(lie === 'zero' && link.hasWrapped > 1)) link.lie = lie;
  }

  pass(us: number): void {
    this.monotonicUs += us;
    this.wallUs += us;
  }

  reboot(upUs: number): void {
    this.boot += 1;
    this.monotonicUs = 0;
    this.#ifindex = 1;
    for (const link of this.links) {
      this.lost += link.pending;
      Object.assign(link, { rx: 0, tx: 0, jumped: 0, pending: 0, doubtful: 0, hasWrapped: 0, carrierChanges: 1 });
      Object.assign(link, { ifindex: ++this.#ifindex, isKnown: true, lie: 'none', lastLie: 'none' });
    }
    this.pass(upUs);
  }

  moment(): { monotonicUs: number; wallUs: number; bootId: string; uptimeUs: number } {
    return {
      monotonicUs: this.monotonicUs,
      wallUs: this.wallUs,
      bootId: `boot-${this.boot}`,
      uptimeUs: this.monotonicUs,
    };
  }

  /** What the counters show now. @param isStart a recorder starts and has a baseline: it can know interfaces that were made since. */
  read(isStart = false): InterfaceCounters[] {
    return this.links.flatMap((link) => {
      // The first reading of all has nothing to be judged by: it is the truth here.
      const isFirst = isStart || !link.isKnown;
      const lie = isFirst && link.lie !== 'missing' ? 'none' : link.lie;
      link.lie = 'none';
      const jumpedNow = link.lastLie === 'jump';
      const isAfterZero = link.lastLie === 'zero';
      link.lastLie = jumpedNow ? 'jumped' : lie;
      if (lie === 'missing') {
        // One that was never read may be older than others that were: then nobody can tell when it was made.
        if (isStart || !link.isKnown || this.monotonicUs - link.lastSeenUs > 10e6)
          link.doubtful = Math.max(2, link.doubtful);
        return [];
      }
      link.lastSeenUs = this.monotonicUs;
      if (lie === 'none') this.#settle(link, isStart, jumpedNow || isAfterZero);
      return [this.#shown(link, lie)];
    });
  }

  #settle(link: ModelLink, isStart: boolean, isAfterLie: boolean): void {
    // Both directions past their end at once, or one of them twice, look like counters that began again. So may one that passed its end
    // where a reading of zero stands between: of two stories that explain the counters the smaller number is told.
    if (link.hasWrapped > 1 || (link.hasWrapped > 0 && isAfterLie)) link.doubtful = Math.max(2, link.doubtful);
    if (link.doubtful > 0 || (!link.isKnown && !isStart)) this.lost += link.pending;
    link.doubtful = Math.max(0, link.doubtful - 1);
    link.pending = 0;
    link.hasWrapped = 0;
    link.isKnown = true;
  }

  #shown(link: ModelLink, lie: ModelLink['lie']): InterfaceCounters {
    const show = (value: number): number => {
      if (lie === 'zero') return 0;
      const shown = (link.is32Bit ? value % WRAP : value) + link.jumped;
      return lie === 'high' ? shown + LIE : shown;
    };
    const packets = (value: number): number => (lie === 'zero' ? 0 : Math.ceil(value / 1000));
    return {
      name: link.name,
      ifindex: link.ifindex,
      class: link.class,
      counted: true,
      rxBytes: show(link.rx),
      txBytes: show(link.tx),
      rxPackets: packets(link.rx),
      txPackets: packets(link.tx),
      packetsKnown: true,
      rxDropped: 0,
      txDropped: 0,
      rxErrors: 0,
      txErrors: 0,
      up: true,
      carrierChanges: link.carrierChanges,
      ...(link.class === 'physical' ? { speedMbit: 10_000 } : {}),
    };
  }
}

const wrapsOf = (value: number): number => Math.floor(value / WRAP);
