// Reads the opening of a PostgreSQL connection: who asks for which database, whether it goes on in TLS, and the server's version.
// Bound: ends with the first ReadyForQuery, or after 32 messages of a side.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { indexOfByte, utf8Text } from '@kaipo/core/wire/match.js';
import { PG_GSS_REQUEST, PG_SSL_REQUEST, PG_STARTUP, pgOpening, pgServerLength } from '@kaipo/core/wire/postgresql.js';

const YES = 0x53;
const NO = 0x4e;
const PARAMETER_STATUS = 0x53;
const READY = 0x5a;
const MAX_MESSAGES = 32;

export class PostgresqlReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  /** The client asked for encryption and the server has not said yes or no. */
  #isEncryptionAsked = false;
  #isEncrypted = false;
  #messages = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#isEncrypted) return HAND_OVER;
    return fromClient ? this.#client(bytes, start, end) : this.#server(bytes, start, end);
  }

  #client(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 8) return 0;
    const what = pgOpening(bytes, start);
    if (what === PG_SSL_REQUEST || what === PG_GSS_REQUEST) {
      this.#isEncryptionAsked = true;
      return 8;
    }
    // A ClientHello although the answer was not seen.
    if (this.#isEncryptionAsked && bytes[start] === 0x16 && bytes[start + 1] === 3) return HAND_OVER;
    if (what !== PG_STARTUP) return SKIP_SIDE;
    const length = u32(bytes, start);
    if (end - start < length) return 0;
    this.#startup(bytes, start + 8, start + length);
    return SKIP_SIDE;
  }

  #startup(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end && bytes[at] !== 0) {
      const nameEnd = indexOfByte(bytes, at, end, 0);
      const valueEnd = nameEnd < 0 ? -1 : indexOfByte(bytes, nameEnd + 1, end, 0);
      if (valueEnd < 0) return;
      const value = utf8Text(bytes, nameEnd + 1, valueEnd, 128);
      switch (utf8Text(bytes, at, nameEnd, 32)) {
        case 'user':
          this.#flow.setDetails({ userName: value });
          break;
        case 'database':
          this.#flow.setDetails({ subject: value });
          break;
        case 'application_name':
          this.#flow.setDetails({ clientSoftware: value });
          break;
      }
      at = valueEnd + 1;
    }
  }

  #server(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#isEncryptionAsked && this.#messages === 0 && (bytes[at] === YES || bytes[at] === NO)) {
      // An answer to the request is one byte; the typed messages S and N have a length whose first byte is 0.
      if (end - at === 1 || bytes[at + 1] !== 0) {
        this.#isEncryptionAsked = false;
        this.#isEncrypted = bytes[at] === YES;
        at += 1;
        if (this.#isEncrypted) return at - start;
      }
    }
    while (at < end) {
      const length = pgServerLength(bytes, at, end);
      if (length < 0 || this.#messages >= MAX_MESSAGES || bytes[at] === READY) return DONE;
      if (length === 0) break;
      if (bytes[at] === PARAMETER_STATUS) {
        if (at + length > end) break;
        this.#parameter(bytes, at + 5, at + length);
      }
      this.#messages += 1;
      if (at + length > end) return at + length - start;
      at += length;
    }
    return at - start;
  }

  #parameter(bytes: Uint8Array, start: number, end: number): void {
    const nameEnd = indexOfByte(bytes, start, end, 0);
    const valueEnd = nameEnd < 0 ? -1 : indexOfByte(bytes, nameEnd + 1, end, 0);
    if (valueEnd < 0 || utf8Text(bytes, start, nameEnd, 32) !== 'server_version') return;
    this.#flow.setDetails({ serverSoftware: `PostgreSQL ${utf8Text(bytes, nameEnd + 1, valueEnd, 64)}` });
  }
}
