// Hashed timer wheel over flow numbers. Owns: when each flow is looked at again. Must not know what a flow is.
// Bound: one link a flow, SLOTS lists. A flow is in one of them at most, and looked at at most MAX_AHEAD_S after it was put in.
//
//   slot 0   1   2   3  …  255       one slot a second; `next` links the flows of a slot; 0: the flow is in none
//        │   │   └─► 7 ─► 19 ─► end
/** @hot */

const SLOTS = 256;
const MAX_AHEAD_S = SLOTS - 1;
/** Links: a flow number plus one. Columns begin with zeros, so a flow that was never put in is out. */
const OUT = 0;
const END = 0xffffffff;

export class TimerWheel {
  readonly #next: Uint32Array;
  readonly #slots = new Uint32Array(SLOTS).fill(END);
  #nowS = 0;
  #isStarted = false;

  constructor(capacity: number) {
    this.#next = new Uint32Array(capacity);
  }

  /**
   * Puts a flow where it is looked at `aheadS` seconds from now, at least one and at most MAX_AHEAD_S. One that is in stays where it
   * is: its number was given to another flow, and whoever looks at it then says when to look again.
   */
  put(flow: number, aheadS: number): void {
    if (this.#next[flow] !== OUT) return;
    const ahead = aheadS < 1 ? 1 : aheadS > MAX_AHEAD_S ? MAX_AHEAD_S : aheadS | 0;
    const slot = (this.#nowS + ahead) % SLOTS;
    this.#next[flow] = this.#slots[slot]!;
    this.#slots[slot] = flow + 1;
  }

  /**
   * Moves time on and hands every flow that is due to `visit`, which puts it back or leaves it out. Time never goes back;
   * a jump of any length costs one turn of the wheel.
   */
  advance(nowUs: number, visit: (flow: number) => void): void {
    const nowS = Math.floor(nowUs / 1e6);
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#rebase(nowS);
      return;
    }
    // Counted in turns, not up to nowS: beyond 2^53 a double no longer grows by one.
    const turns = Math.min(nowS - this.#nowS, SLOTS);
    for (let turn = 1; turn <= turns; turn++) {
      this.#nowS = nowS - turns + turn;
      const slot = this.#nowS % SLOTS;
      let link = this.#slots[slot]!;
      this.#slots[slot] = END;
      while (link !== END) {
        const flow = link - 1;
        link = this.#next[flow]!;
        this.#next[flow] = OUT;
        visit(flow);
      }
    }
  }

  /** Time was put back: goes on from there. Flows are looked at within one turn of the wheel, whenever they were put in. */
  stepBack(nowUs: number): void {
    this.#nowS = Math.floor(nowUs / 1e6);
  }

  /** Flows put in before the first time was known sit in slots counted from zero: count from now instead. */
  #rebase(nowS: number): void {
    this.#nowS = nowS - (nowS % SLOTS);
    if (this.#nowS > nowS) this.#nowS -= SLOTS;
  }
}
