// Reads who logs in to Redis and which programs speak. Owns: the words of AUTH, HELLO, CLIENT, and the version in answers.
// Bound: 16 commands of the client, 4 KiB of the server.
import { DONE, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfByte, indexOfBytes, utf8Text } from '@kaipo/core/wire/match.js';
import { respCommand, respWords } from '@kaipo/core/wire/resp.js';

const MAX_COMMANDS = 16;
const MAX_ANSWER_BYTES = 4096;
const INFO_VERSION = asciiBytes('redis_version:');
const HELLO_VERSION = asciiBytes('$7\r\nversion\r\n$');

export class RedisReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #commands = 0;
  #isAnswerRead = false;
  #library = '';

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    return fromClient ? this.#command(bytes, start, end) : this.#answer(bytes, start, end);
  }

  #command(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const length = respCommand(bytes, at, end);
      if (length < 0 || this.#commands >= MAX_COMMANDS) return this.#enough(true);
      if (length === 0 && end - at < 4096) break;
      this.#commands += 1;
      this.#words(bytes);
      if (length === 0) return this.#enough(true);
      at += length;
    }
    return at - start;
  }

  #words(bytes: Uint8Array): void {
    const word = (index: number): string =>
      index < respWords.count ? utf8Text(bytes, respWords.starts[index]!, respWords.ends[index]!, 128) : '';
    const name = word(0).toUpperCase();
    if (name === 'AUTH' && respWords.count === 3) this.#flow.setDetails({ userName: word(1) });
    if (name === 'HELLO' && word(2).toUpperCase() === 'AUTH') this.#flow.setDetails({ userName: word(3) });
    if (name !== 'CLIENT') return;
    const what = word(1).toUpperCase();
    if (what === 'SETNAME') this.#flow.setDetails({ subject: word(2) });
    if (what === 'SETINFO' && word(2).toUpperCase() === 'LIB-NAME') this.#library = word(3);
    if (what === 'SETINFO' && word(2).toUpperCase() === 'LIB-VER') this.#library += ` ${word(3)}`;
    if (what === 'SETINFO') this.#flow.setDetails({ clientSoftware: this.#library });
  }

  #answer(bytes: Uint8Array, start: number, end: number): number {
    const info = indexOfBytes(bytes, start, end, INFO_VERSION);
    const hello = info < 0 ? indexOfBytes(bytes, start, end, HELLO_VERSION) : -1;
    let from = info + INFO_VERSION.length;
    if (hello >= 0) {
      const line = indexOfByte(bytes, hello + HELLO_VERSION.length, end, 0x0a);
      if (line < 0) return end - start > MAX_ANSWER_BYTES ? this.#enough(false) : 0;
      from = line + 1;
    }
    if (info >= 0 || hello >= 0) {
      const to = indexOfByte(bytes, from, end, 0x0d);
      if (to < 0 && end - start <= MAX_ANSWER_BYTES) return 0;
      if (to > from) this.#flow.setDetails({ serverSoftware: `Redis ${utf8Text(bytes, from, to, 32)}` });
      return this.#enough(false);
    }
    return end - start > MAX_ANSWER_BYTES ? this.#enough(false) : 0;
  }

  #enough(fromClient: boolean): number {
    if (fromClient) this.#commands = MAX_COMMANDS;
    else this.#isAnswerRead = true;
    return this.#commands >= MAX_COMMANDS && this.#isAnswerRead ? DONE : SKIP_SIDE;
  }
}
