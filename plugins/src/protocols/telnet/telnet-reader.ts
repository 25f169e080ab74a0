// Reads a Telnet flow until somebody has logged in: what is typed at the prompt for a user name. Never what is typed at a
// password. Owns: taking out negotiation, the tail of what the server says. Bound: 8,192 bytes a side, 64 characters of a name.
import { DONE, type FlowReader, type ProtocolFlow } from '@kaipo/core/api/index.js';

const IAC = 0xff;
const SB = 0xfa;
const SE = 0xf0;
const MAX_BYTES = 8_192;
const MAX_NAME = 64;
const TAIL = 12;

export class TelnetReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #bytesRead = 0;
  #tail = '';
  #name = '';
  #isAsked = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    let at = start;
    while (at < end) {
      if (bytes[at] === IAC) {
        const stop = negotiationEnd(bytes, at, end);
        if (stop < 0) break;
        at = stop;
      } else if (this.#text(bytes[at++]!, fromClient)) return DONE;
    }
    this.#bytesRead += at - start;
    return this.#bytesRead > MAX_BYTES ? DONE : at - start;
  }

  /** @returns is the name known? */
  #text(byte: number, fromClient: boolean): boolean {
    if (!fromClient) {
      this.#tail = (this.#tail + String.fromCharCode(byte).toLowerCase()).slice(-TAIL);
      if (byte === 0x3a) this.#isAsked = this.#tail.endsWith('login:') || this.#tail.endsWith('username:');
      return this.#tail.endsWith('password:');
    }
    if (!this.#isAsked) return false;
    if (byte === 13 || byte === 10) {
      if (this.#name === '') return false;
      this.#flow.setDetails({ userName: this.#name });
      return true;
    }
    if (byte === 8 || byte === 127) this.#name = this.#name.slice(0, -1);
    else if (byte >= 0x20 && this.#name.length < MAX_NAME) this.#name += String.fromCharCode(byte);
    return false;
  }
}

/** Where the negotiation at `at` ends; -1: not all of it is there. */
function negotiationEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return -1;
  const command = bytes[at + 1]!;
  if (command < SB || command === IAC) return at + 2;
  if (command > SB) return at + 3 > end ? -1 : at + 3;
  for (let i = at + 2; i + 1 < end; i++) if (bytes[i] === IAC && bytes[i + 1] === SE) return i + 2;
  return -1;
}
