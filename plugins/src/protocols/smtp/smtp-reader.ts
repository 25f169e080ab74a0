// Reads an SMTP session until the first mail begins: greeting, the server's name for itself, the user; hands over after STARTTLS.
// Never keeps a password. Bound: 60 lines.
import { DONE, LineSession, NEXT_LINE, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { base64Bytes, base64Text, plainUser } from '@kaipo/core/wire/base64-text.js';
import { indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import { replyCodeAt, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

const MAX_LINES = 60;
const SPACE = 32;
const START_TLS = wordList('starttls', 'x-anonymoustls');
const MAIL = wordList('mail', 'data', 'bdat', 'quit');
const AUTH_PLAIN = wordList('auth plain');
const AUTH_LOGIN = wordList('auth login');

/** What the next line of the client is. */
const COMMAND = 0;
const USER_NAME = 1;
const PLAIN_MESSAGE = 2;
const PASSWORD = 3;

export class SmtpReader extends LineSession {
  #next = COMMAND;

  constructor(flow: ProtocolFlow) {
    super(flow, MAX_LINES);
  }

  protected override onCommand(bytes: Uint8Array, start: number, end: number): number {
    const what = this.#next;
    this.#next = COMMAND;
    if (what === USER_NAME) {
      this.#next = PASSWORD;
      this.tellUser(base64Text(bytes, start, end));
    } else if (what === PLAIN_MESSAGE) this.tellUser(plainUser(base64Bytes(bytes, start, end)));
    else if (what === COMMAND) return this.#command(bytes, start, end);
    return NEXT_LINE;
  }

  #command(bytes: Uint8Array, start: number, end: number): number {
    if (wordAt(bytes, start, end, MAIL) >= 0) return DONE;
    if (wordAt(bytes, start, end, START_TLS) >= 0) this.asksForTls = true;
    const hasMore = start + 11 < end;
    if (wordAt(bytes, start, end, AUTH_PLAIN) >= 0) {
      if (hasMore) this.tellUser(plainUser(base64Bytes(bytes, start + 11, end)));
      else this.#next = PLAIN_MESSAGE;
    } else if (wordAt(bytes, start, end, AUTH_LOGIN) >= 0) {
      this.#next = hasMore ? PASSWORD : USER_NAME;
      if (hasMore) this.tellUser(base64Text(bytes, start + 11, end));
    }
    return NEXT_LINE;
  }

  protected override onReply(bytes: Uint8Array, start: number, end: number): number {
    const code = replyCodeAt(bytes, start, end);
    if (code >= 400) this.#next = COMMAND;
    if (code === 220 && !this.isGreeted && !this.asksForTls && start + 4 < end) this.#greeting(bytes, start + 4, end);
    // The last line of the answer to EHLO may still be on its way when the command is already read.
    if (!this.asksForTls || code < 200 || code === 250) return NEXT_LINE;
    return this.tlsAnswered(code === 220);
  }

  /** "mx.example.net ESMTP Postfix": the first word is the name of the server. */
  #greeting(bytes: Uint8Array, start: number, end: number): void {
    this.tellGreeting(bytes, start, end);
    const space = indexOfByte(bytes, start, end, SPACE);
    const host = latin1Text(bytes, start, space < 0 ? end : space);
    if (host.includes('.')) this.flow.setDetails({ subject: host });
  }
}
