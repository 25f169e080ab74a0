// Reads an IRC session until the server has said what it is: nick name, program of the server (numeric 004), its network (005).
// Hands over after STARTTLS. Bound: 60 lines.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { latin1Text } from '@kaipo/core/wire/match.js';
import { takeLines, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

const MAX_LINES = 60;
const NICK = wordList('nick');
const MAX_LINE_TEXT = 512;

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
    const words = latin1Text(bytes, start, end, MAX_LINE_TEXT).split(' ');
    // RPL_STARTTLS
    if (words[1] === '670') this.#isTls = true;
    if (words[1] === '004' && words[4] !== undefined && words[4] !== '')
      this.#flow.setDetails({ serverSoftware: words[4] });
    const network = words[1] === '005' ? words.find((word) => word.startsWith('NETWORK=')) : undefined;
    if (network !== undefined && network.length > 8) this.#flow.setDetails({ subject: network.slice(8) });
    return words[1] === '376' || words[1] === '422' ? DONE : this.#isTls ? 1 : 0;
  }
}
