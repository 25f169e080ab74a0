// Reads an SMTP session until the first mail begins: greeting, the server's name for itself, the user; hands over after STARTTLS.
// Never keeps a password. Bound: 60 lines.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { base64Bytes, base64Text, plainUser } from '@kaipo/core/wire/base64-text.js';
import { indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import { replyCodeAt, takeLines, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

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

export class SmtpReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #lines = 0;
  #isGreeted = false;
  #next = COMMAND;
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
    return fromClient ? this.#said(bytes, start, end) : this.#reply(bytes, start, end);
  }

  #said(bytes: Uint8Array, start: number, end: number): number {
    const what = this.#next;
    this.#next = COMMAND;
    if (what === USER_NAME) {
      this.#next = PASSWORD;
      this.#user(base64Text(bytes, start, end));
    } else if (what === PLAIN_MESSAGE) this.#user(plainUser(base64Bytes(bytes, start, end)));
    else if (what === COMMAND) return this.#command(bytes, start, end);
    return 0;
  }

  #command(bytes: Uint8Array, start: number, end: number): number {
    if (wordAt(bytes, start, end, MAIL) >= 0) return DONE;
    if (wordAt(bytes, start, end, START_TLS) >= 0) this.#asksForTls = true;
    const hasMore = start + 11 < end;
    if (wordAt(bytes, start, end, AUTH_PLAIN) >= 0) {
      if (hasMore) this.#user(plainUser(base64Bytes(bytes, start + 11, end)));
      else this.#next = PLAIN_MESSAGE;
    } else if (wordAt(bytes, start, end, AUTH_LOGIN) >= 0) {
      this.#next = hasMore ? PASSWORD : USER_NAME;
      if (hasMore) this.#user(base64Text(bytes, start + 11, end));
    }
    return 0;
  }

  #user(userName: string): void {
    if (userName !== '') this.#flow.setDetails({ userName });
  }

  #reply(bytes: Uint8Array, start: number, end: number): number {
    const code = replyCodeAt(bytes, start, end);
    if (code >= 400) this.#next = COMMAND;
    if (code === 220 && !this.#isGreeted && !this.#asksForTls && start + 4 < end) this.#greeting(bytes, start + 4, end);
    if (!this.#asksForTls || code < 200) return 0;
    // The last line of the answer to EHLO may still be on its way when the command is already read.
    if (code !== 250) this.#asksForTls = false;
    this.#isTls = code === 220;
    return this.#isTls ? 1 : 0;
  }

  /** "mx.example.net ESMTP Postfix": the first word is the name of the server. */
  #greeting(bytes: Uint8Array, start: number, end: number): void {
    this.#isGreeted = true;
    this.#flow.setDetails({ serverSoftware: latin1Text(bytes, start, end) });
    const space = indexOfByte(bytes, start, end, SPACE);
    const host = latin1Text(bytes, start, space < 0 ? end : space);
    if (host.includes('.')) this.#flow.setDetails({ subject: host });
  }
}
