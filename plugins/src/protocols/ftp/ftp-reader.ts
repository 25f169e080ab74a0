// Reads an FTP control connection until the login is over: greeting, user name, program names; hands over after AUTH.
// Never keeps a password. Bound: 40 lines.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { latin1Text } from '@kaipo/core/wire/match.js';
import { replyCodeAt, takeLines, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

const MAX_LINES = 40;
const USER = 0;
const CLIENT_NAME = 1;
const AUTH = 2;
const COMMANDS = wordList('user', 'clnt', 'auth');

export class FtpReader implements FlowReader {
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
    return fromClient ? this.#command(bytes, start, end) : this.#reply(bytes, start, end);
  }

  #command(bytes: Uint8Array, start: number, end: number): number {
    const command = wordAt(bytes, start, end, COMMANDS);
    if (command === AUTH) this.#asksForTls = true;
    else if (command >= 0 && start + 5 < end) {
      const text = latin1Text(bytes, start + 5, end);
      this.#flow.setDetails(
        command === USER ? { userName: text } : command === CLIENT_NAME ? { clientSoftware: text } : {},
      );
    }
    return 0;
  }

  #reply(bytes: Uint8Array, start: number, end: number): number {
    const code = replyCodeAt(bytes, start, end);
    if (code === 220 && !this.#isGreeted && start + 4 < end) {
      const text = latin1Text(bytes, start + 4, end).trim();
      this.#isGreeted = text !== '';
      if (this.#isGreeted) this.#flow.setDetails({ serverSoftware: text });
    }
    if (this.#asksForTls && code >= 200) {
      this.#asksForTls = false;
      this.#isTls = code === 234 || code === 334;
      return this.#isTls ? 1 : 0;
    }
    return 0;
  }
}
