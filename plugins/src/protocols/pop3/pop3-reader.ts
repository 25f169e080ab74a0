// Reads a POP3 session until the login is over: greeting and user name; hands over after STLS. Never keeps a password.
// Bound: 40 lines.
import { DONE, LineSession, NEXT_LINE, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { base64Bytes, plainUser } from '@kaipo/core/wire/base64-text.js';
import { indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import { wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

const MAX_LINES = 40;
const PLUS = 0x2b;
const COMMANDS = wordList('user', 'apop', 'stls', 'auth plain', 'stat', 'list', 'uidl', 'retr');
const USER = 0;
const APOP = 1;
const STLS = 2;
const AUTH_PLAIN = 3;

export class Pop3Reader extends LineSession {
  #awaitsPlain = false;

  constructor(flow: ProtocolFlow) {
    super(flow, MAX_LINES);
  }

  protected override onCommand(bytes: Uint8Array, start: number, end: number): number {
    if (this.#awaitsPlain) {
      this.#awaitsPlain = false;
      this.tellUser(plainUser(base64Bytes(bytes, start, end)));
      return NEXT_LINE;
    }
    const command = wordAt(bytes, start, end, COMMANDS);
    if (command === USER) this.tellUser(latin1Text(bytes, start + 5, end));
    else if (command === APOP) {
      const space = indexOfByte(bytes, start + 5, end, 32);
      this.tellUser(latin1Text(bytes, start + 5, space < 0 ? end : space));
    } else if (command === STLS) this.asksForTls = true;
    else if (command === AUTH_PLAIN) {
      this.#awaitsPlain = start + 11 >= end;
      if (!this.#awaitsPlain) this.tellUser(plainUser(base64Bytes(bytes, start + 11, end)));
    } else if (command > AUTH_PLAIN) return DONE;
    return NEXT_LINE;
  }

  protected override onReply(bytes: Uint8Array, start: number, end: number): number {
    if (!this.isGreeted) {
      if (bytes[start] === PLUS) this.tellGreeting(bytes, start + 4, end);
      // Only the first line is a greeting, whatever it says.
      this.isGreeted = true;
    }
    return this.asksForTls ? this.tlsAnswered(bytes[start] === PLUS) : NEXT_LINE;
  }
}
