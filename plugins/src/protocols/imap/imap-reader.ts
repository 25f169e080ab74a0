// Reads an IMAP session until the login is over: greeting, user name, the programs of both sides; hands over after STARTTLS.
// Never keeps a password. Bound: 40 lines.
import { DONE, LineSession, NEXT_LINE, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { base64Bytes, plainUser } from '@kaipo/core/wire/base64-text.js';
import { asciiBytes, indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import { indexOfWord, wordAt, wordList } from '@kaipo/core/wire/text-lines.js';

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

export class ImapReader extends LineSession {
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
    const at = indexOfByte(bytes, start, end, SPACE) + 1;
    const command = at === 0 ? -1 : wordAt(bytes, at, end, COMMANDS);
    if (command === LOGIN) this.tellUser(firstArgument(bytes, at + 6, end));
    else if (command === AUTHENTICATE_PLAIN) {
      const isInitial = at + 19 < end;
      this.#awaitsPlain = !isInitial;
      if (isInitial) this.tellUser(plainUser(base64Bytes(bytes, at + 19, end)));
    } else if (command === START_TLS) this.asksForTls = true;
    else if (command === ID) {
      const name = idName(bytes, at, end);
      if (name !== '') this.flow.setDetails({ clientSoftware: name });
    } else if (command > ID) return DONE;
    return NEXT_LINE;
  }

  protected override onReply(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start] === 0x2a) {
      const space = indexOfByte(bytes, start + 2, end, SPACE);
      if (space > 0 && wordAt(bytes, start + 2, end, GREETING) >= 0) this.tellGreeting(bytes, space + 1, end);
      return NEXT_LINE;
    }
    if (!this.asksForTls) return NEXT_LINE;
    const space = indexOfByte(bytes, start, end, SPACE);
    return this.tlsAnswered(space > 0 && wordAt(bytes, space + 1, end, OK) >= 0);
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
