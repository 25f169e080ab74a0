// How well the kernel's events do, for a person: a notice when some begin to be lost, and when there are too many of one kind. Owns: when
// there is something new to say. Must not know owners or streams. Bound: a notice of each kind in CALM_US.
import type { LiveNotice } from '@kaipo/core/query/live-snapshot.js';

/** After so long without it, it begins anew; until then it goes on. */
const CALM_US = 15e6;
/** A storm that goes on turns it down again within two seconds. */
const UP_US = 3e6;

export class EventHealth {
  readonly #say: (severity: LiveNotice['severity'], text: string) => void;
  #lost = 0;
  #lostAtUs = Number.NEGATIVE_INFINITY;
  /** As it was said. */
  #isDown = false;
  #downAtUs = Number.NEGATIVE_INFINITY;

  constructor(say: (severity: LiveNotice['severity'], text: string) => void) {
    this.#say = say;
  }

  /** @param lost since the start. @param nowUs any clock that goes forwards. */
  told(lost: number, isTurnedDown: boolean, nowUs: number): void {
    if (lost > this.#lost) {
      if (nowUs - this.#lostAtUs > CALM_US)
        this.#say('warning', 'kernel events were lost: of flows that began now some have no owner');
      this.#lost = lost;
      this.#lostAtUs = nowUs;
    }
    if (isTurnedDown) {
      if (!this.#isDown)
        this.#say('warning', 'too many datagrams to ask the kernel who sends them: new UDP flows may have no owner');
      this.#isDown = true;
      this.#downAtUs = nowUs;
    } else if (this.#isDown && nowUs - this.#downAtUs > UP_US) {
      this.#isDown = false;
      this.#say('info', 'the kernel tells again who sends datagrams');
    }
  }
}
