// Reads an NNTP session until the first article: greeting, user name, the group; hands over after STARTTLS.
// Never keeps a password. Bound: 30 lines.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { latin1Text } from '@kaipo/core/wire/match.js';
import { replyCodeAt, takeLines, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

const MAX_LINES = 30;
const COMMANDS = wordList('authinfo user', 'group', 'starttls', 'article', 'takethis', 'ihave');
const USER = 0;
const GROUP = 1;
const START_TLS = 2;

export class NntpReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #lines = 0;
  #isGreeted = false;
  #asksForTls = false;
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
    if (!fromClient) return this.#reply(bytes, start, end);
    const command = wordAt(bytes, start, end, COMMANDS);
    if (command === USER && start + 14 < end) this.#flow.setDetails({ userName: latin1Text(bytes, start + 14, end) });
    else if (command === GROUP && start + 6 < end)
      this.#flow.setDetails({ subject: latin1Text(bytes, start + 6, end) });
    else if (command === START_TLS) this.#asksForTls = true;
    return command > START_TLS ? DONE : 0;
  }

  #reply(bytes: Uint8Array, start: number, end: number): number {
    const code = replyCodeAt(bytes, start, end);
    if (!this.#isGreeted && (code === 200 || code === 201) && start + 4 < end) {
      this.#isGreeted = true;
      this.#flow.setDetails({ serverSoftware: latin1Text(bytes, start + 4, end) });
    }
    if (!this.#asksForTls) return 0;
    this.#asksForTls = false;
    this.#isTls = code === 382;
    return this.#isTls ? 1 : 0;
  }
}
