// Reads an IMAP session until the login is over: greeting, user name, the programs of both sides; hands over after STARTTLS.
// Never keeps a password. Bound: 40 lines.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { base64Bytes, plainUser } from '@kaipo/core/wire/base64-text.js';
import { asciiBytes, indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import { indexOfWord, takeLines, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

const MAX_LINES = 40;
const SPACE = 32;
const QUOTE = 0x22;
const GREETING = wordList('ok', 'preauth');
const COMMANDS = wordList('login', 'authenticate plain', 'starttls', 'id', 'select', 'examine');
const LOGIN = 0;
const AUTHENTICATE_PLAIN = 1;
const START_TLS = 2;
const ID = 3;
const OK = wordList('ok');
const NAME_FIELD = asciiBytes('"name" "');

export class ImapReader implements FlowReader {
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
    return fromClient ? this.#command(bytes, start, end) : this.#answer(bytes, start, end);
  }

  #command(bytes: Uint8Array, start: number, end: number): number {
    if (this.#awaitsPlain) {
      this.#awaitsPlain = false;
      this.#user(plainUser(base64Bytes(bytes, start, end)));
      return 0;
    }
    const at = indexOfByte(bytes, start, end, SPACE) + 1;
    const command = at === 0 ? -1 : wordAt(bytes, at, end, COMMANDS);
    if (command === LOGIN) this.#user(firstArgument(bytes, at + 6, end));
    else if (command === AUTHENTICATE_PLAIN) {
      const isInitial = at + 19 < end;
      this.#awaitsPlain = !isInitial;
      if (isInitial) this.#user(plainUser(base64Bytes(bytes, at + 19, end)));
    } else if (command === START_TLS) this.#asksForTls = true;
    else if (command === ID) {
      const name = idName(bytes, at, end);
      if (name !== '') this.#flow.setDetails({ clientSoftware: name });
    } else if (command > ID) return DONE;
    return 0;
  }

  #user(userName: string): void {
    if (userName !== '') this.#flow.setDetails({ userName });
  }

  #answer(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start] === 0x2a) {
      if (!this.#isGreeted && wordAt(bytes, start + 2, end, GREETING) >= 0) {
        this.#isGreeted = true;
        const space = indexOfByte(bytes, start + 2, end, SPACE);
        if (space > 0) this.#flow.setDetails({ serverSoftware: latin1Text(bytes, space + 1, end) });
      }
      return 0;
    }
    if (!this.#asksForTls) return 0;
    this.#asksForTls = false;
    const space = indexOfByte(bytes, start, end, SPACE);
    this.#isTls = space > 0 && wordAt(bytes, space + 1, end, OK) >= 0;
    return this.#isTls ? 1 : 0;
  }
}

/** An atom, or a quoted string; a literal is sent in the next line and not read. */
function firstArgument(bytes: Uint8Array, start: number, end: number): string {
  if (start >= end || bytes[start] === 0x7b) return '';
  const isQuoted = bytes[start] === QUOTE;
  const from = isQuoted ? start + 1 : start;
  const stop = indexOfByte(bytes, from, end, isQuoted ? QUOTE : SPACE);
  return stop < 0 ? '' : latin1Text(bytes, from, stop);
}

/** RFC 2971: ("name" "Thunderbird" "version" "115"). */
function idName(bytes: Uint8Array, start: number, end: number): string {
  const at = indexOfWord(bytes, start, end, NAME_FIELD);
  if (at < 0) return '';
  const stop = indexOfByte(bytes, at + NAME_FIELD.length, end, QUOTE);
  return stop < 0 ? '' : latin1Text(bytes, at + NAME_FIELD.length, stop);
}
