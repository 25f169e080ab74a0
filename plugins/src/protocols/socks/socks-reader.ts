// Follows a SOCKS handshake to its end: the user, what is asked for; then hands over what the proxy carries.
// Never keeps a password. Bound: the messages of one handshake.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { indexOfByte, latin1Text } from '@kaipo/core/wire/match.js';
import {
  isSocks4a,
  SOCKS_CUT,
  SOCKS_IPV4,
  SOCKS_NAME,
  socks4ReplyEnd,
  socks4RequestEnd,
  socks5GreetingEnd,
  socks5LoginEnd,
  socks5MessageEnd,
} from '@kaipo/core/wire/socks.js';

const GREETING = 0;
const LOGIN = 1;
const REQUEST = 2;
const ESTABLISHED = 3;
const METHOD_LOGIN = 2;
const GRANTED = 90;

export class SocksReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #clientStep = GREETING;
  #serverStep = GREETING;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    // Where the answer named the flow, the request is read after it.
    const isRequestMissing = fromClient && this.#clientStep !== ESTABLISHED;
    if (this.#serverStep === ESTABLISHED && !isRequestMissing) return HAND_OVER;
    let at = start;
    while (at < end) {
      const stop = fromClient ? this.#client(bytes, at, end) : this.#server(bytes, at, end);
      if (stop === SOCKS_CUT) break;
      if (stop < 0) return DONE;
      at = stop;
      if (this.#serverStep === ESTABLISHED && (!fromClient || this.#clientStep === ESTABLISHED)) break;
    }
    return at - start;
  }

  #client(bytes: Uint8Array, at: number, end: number): number {
    if (this.#clientStep === ESTABLISHED) return SOCKS_CUT;
    if (bytes[at] === 4 && this.#clientStep === GREETING) return this.#request4(bytes, at, end);
    if (this.#clientStep === GREETING) {
      const stop = socks5GreetingEnd(bytes, at, end);
      if (stop > 0) this.#clientStep = REQUEST;
      return stop;
    }
    if (bytes[at] === 1) return this.#login(bytes, at, end);
    const stop = socks5MessageEnd(bytes, at, end, false);
    if (stop > 0) {
      this.#clientStep = ESTABLISHED;
      this.#asked5(bytes, at, stop);
    }
    return stop;
  }

  #login(bytes: Uint8Array, at: number, end: number): number {
    const stop = socks5LoginEnd(bytes, at, end);
    if (stop > 0 && bytes[at + 1] !== 0)
      this.#flow.setDetails({ userName: latin1Text(bytes, at + 2, at + 2 + bytes[at + 1]!) });
    return stop;
  }

  #asked5(bytes: Uint8Array, at: number, stop: number): void {
    const kind = bytes[at + 3];
    const port = u16(bytes, stop - 2);
    if (kind === SOCKS_NAME) {
      const name = latin1Text(bytes, at + 5, stop - 2);
      if (name !== '') this.#flow.setServerName(name, 'host');
      this.#flow.setDetails({ subject: `${name}:${port}` });
    } else if (kind === SOCKS_IPV4) this.#flow.setDetails({ subject: `${dotted(bytes, at + 4)}:${port}` });
  }

  #request4(bytes: Uint8Array, at: number, end: number): number {
    const stop = socks4RequestEnd(bytes, at, end);
    if (stop < 0) return stop;
    this.#clientStep = ESTABLISHED;
    const userEnd = indexOfByte(bytes, at + 8, stop, 0);
    if (userEnd > at + 8) this.#flow.setDetails({ userName: latin1Text(bytes, at + 8, userEnd) });
    const port = u16(bytes, at + 2);
    if (isSocks4a(bytes, at)) {
      const name = latin1Text(bytes, userEnd + 1, stop - 1);
      if (name !== '') this.#flow.setServerName(name, 'host');
      this.#flow.setDetails({ subject: `${name}:${port}` });
    } else this.#flow.setDetails({ subject: `${dotted(bytes, at + 4)}:${port}` });
    return stop;
  }

  #server(bytes: Uint8Array, at: number, end: number): number {
    if (bytes[at] === 0 && this.#serverStep === GREETING) {
      const stop = socks4ReplyEnd(bytes, at, end);
      if (stop > 0 && bytes[at + 1] === GRANTED) this.#serverStep = ESTABLISHED;
      return stop;
    }
    if (this.#serverStep === GREETING || this.#serverStep === LOGIN) {
      if (end - at < 2) return SOCKS_CUT;
      const isLogin = this.#serverStep === GREETING && bytes[at + 1] === METHOD_LOGIN;
      this.#serverStep = isLogin ? LOGIN : REQUEST;
      return at + 2;
    }
    const stop = socks5MessageEnd(bytes, at, end, true);
    if (stop > 0 && bytes[at + 1] === 0) this.#serverStep = ESTABLISHED;
    return stop;
  }
}

const dotted = (bytes: Uint8Array, at: number): string =>
  `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
