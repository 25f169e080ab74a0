// Reads an IRC session until the server has said what it is: nick name, program of the server (numeric 004), its network (005).
// Hands over after STARTTLS. Bound: 60 lines.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { decimalOf, indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import { takeLines, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

const MAX_LINES = 60;
const NICK = wordList('nick');
const MAX_LINE_TEXT = 512;
const SPACE = 0x20;
const MY_INFO = 4;
const SUPPORTS = 5;
const END_OF_TEXT = 376;
const NO_TEXT = 422;
/** RPL_STARTTLS */
const STARTTLS = 670;

export class IrcReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #lines = 0;
  #isTls = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#isTls) return HAND_OVER;
    return takeLines(this, bytes, start, end, fromClient);
  }

  line(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (++this.#lines > MAX_LINES) return DONE;
    if (fromClient) {
      let at = start;
      while (at < end && bytes[at] === 0x20) at++;
      if (wordAt(bytes, at, end, NICK) < 0) return 0;
      const userName = latin1Text(bytes, at + 5, end)
        .trim()
        .replace(/^:/, '');
      if (userName !== '') this.#flow.setDetails({ userName });
      return 0;
    }
    const numeric = numericOf(bytes, start, end);
    if (numeric === STARTTLS) this.#isTls = true;
    else if (numeric === MY_INFO || numeric === SUPPORTS) this.#noteServer(bytes, start, end, numeric);
    return numeric === END_OF_TEXT || numeric === NO_TEXT ? DONE : this.#isTls ? 1 : 0;
  }

  #noteServer(bytes: Uint8Array, start: number, end: number, numeric: number): void {
    const words = latin1Text(bytes, start, end, MAX_LINE_TEXT).split(' ');
    if (numeric === MY_INFO) {
      if (words[4] !== undefined && words[4] !== '') this.#flow.setDetails({ serverSoftware: words[4] });
      return;
    }
    const network = words.find((word) => word.startsWith('NETWORK='));
    if (network !== undefined && network.length > 8) this.#flow.setDetails({ subject: network.slice(8) });
  }
}

/** The second word of a line of the server when it is three digits, else -1. Conversations have few of them, so they cost no text. */
function numericOf(bytes: Uint8Array, start: number, end: number): number {
  const at = indexOfByte(bytes, start, Math.min(end, start + MAX_LINE_TEXT - 4), SPACE) + 1;
  if (at === 0 || at + 3 > end || (at + 3 < end && bytes[at + 3] !== SPACE)) return -1;
  return decimalOf(bytes, at, at + 3);
}
