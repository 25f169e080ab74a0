// A filter that is not understood, for whoever asked: the words of the message, and the place for those who can mark it themselves.
import { KaipoError } from '../../kernel/errors.js';

export interface FilterPlace {
  readonly text: string;
  /** In UTF-16 units of `text`. */
  readonly at: number;
  readonly length: number;
}

export class FilterError extends KaipoError {
  /** What is wrong, in one line. */
  readonly reason: string;
  readonly place: FilterPlace;

  constructor(reason: string, place: FilterPlace, fix: string) {
    super('KAIPO_USAGE', `${reason}\n    ${place.text}\n    ${markOf(place)}`, fix);
    this.reason = reason;
    this.place = place;
  }
}

/** Below the text: as long as what is wrong, and at least one mark. */
function markOf({ text, at, length }: FilterPlace): string {
  return `${' '.repeat(at)}${'^'.repeat(Math.max(1, Math.min(length, text.length - at)))}`;
}
