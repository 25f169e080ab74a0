// Reads a POP3 session until the login is over: greeting and user name; hands over after STLS. Never keeps a password.
// Bound: 40 lines.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { base64Bytes, plainUser } from '@kaipo/core/wire/base64-text.js';
import { indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import { takeLines, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

const MAX_LINES = 40;
const PLUS = 0x2b;
const COMMANDS = wordList('user', 'apop', 'stls', 'auth plain', 'stat', 'list', 'uidl', 'retr');
const USER = 0;
const APOP = 1;
const STLS = 2;
const AUTH_PLAIN = 3;

export class Pop3Reader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #lines = 0;
  #isGreeted = false;
  #awaitsPlain = false;
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
    if (this.#awaitsPlain) {
      this.#awaitsPlain = false;
      this.#user(plainUser(base64Bytes(bytes, start, end)));
      return 0;
    }
    const command = wordAt(bytes, start, end, COMMANDS);
    if (command === USER) this.#user(latin1Text(bytes, start + 5, end));
    else if (command === APOP) {
      const space = indexOfByte(bytes, start + 5, end, 32);
      this.#user(latin1Text(bytes, start + 5, space < 0 ? end : space));
    } else if (command === STLS) this.#asksForTls = true;
    else if (command === AUTH_PLAIN) {
      this.#awaitsPlain = start + 11 >= end;
      if (!this.#awaitsPlain) this.#user(plainUser(base64Bytes(bytes, start + 11, end)));
    } else if (command > AUTH_PLAIN) return DONE;
    return 0;
  }

  #user(userName: string): void {
    if (userName !== '') this.#flow.setDetails({ userName });
  }

  #reply(bytes: Uint8Array, start: number, end: number): number {
    if (!this.#isGreeted) {
      this.#isGreeted = true;
      if (bytes[start] === PLUS && start + 4 < end)
        this.#flow.setDetails({ serverSoftware: latin1Text(bytes, start + 4, end) });
    }
    if (!this.#asksForTls) return 0;
    this.#asksForTls = false;
    this.#isTls = bytes[start] === PLUS;
    return this.#isTls ? 1 : 0;
  }
}
