// Handshake messages of one side, one after the other, out of records that may hold several of them or parts of one. Owns: how many
// bytes of the record at hand are left, while it is used: one serves all connections. Must not know: what messages mean. Bound: keeps no bytes; a message that lies in several
// records is put together in one buffer that all connections share, up to 64 KiB of it.
import { u24 } from '@kaipo/core/wire/bytes.js';
import { BAD, FITS } from '@kaipo/core/wire/check.js';
import {
  checkTlsRecord,
  HANDSHAKE_HEADER_BYTES,
  RECORD_HANDSHAKE,
  TLS_RECORD_HEADER_BYTES,
  tlsRecordLength,
  tlsRecordType,
} from '@kaipo/core/wire/tls-records.js';

/** From `next`: there is a message, whole. */
export const MESSAGE = 0;
/** The message is not whole: [messageAt, messageEnd) is what is there of its body. */
export const MORE = 1;
/** A record of another kind is next; `recordType` says which. */
export const OTHER_RECORD = 2;
/** What follows is no record. */
export const NO_RECORD = 3;

const joined = new Uint8Array(65_536);

export class HandshakeCursor {
  /** Type, and where the body is, valid until the next call. */
  messageType = 0;
  messageBytes: Uint8Array = joined;
  messageAt = 0;
  messageEnd = 0;
  recordType = 0;
  /** Absolute; what is before it is used up. */
  at = 0;
  /** Bytes of the record around `at` that are not used. */
  left = 0;
  #end = 0;
  #bytes: Uint8Array = joined;

  /** The bytes that follow what was used before; `left` as it was then. */
  begin(bytes: Uint8Array, start: number, end: number, left: number): void {
    this.left = left;
    this.#bytes = bytes;
    this.at = start;
    this.#end = end;
  }

  /** Looks at the next message without using it up. */
  next(): typeof MESSAGE | typeof MORE | typeof OTHER_RECORD | typeof NO_RECORD {
    this.messageAt = this.messageEnd = 0;
    if (this.left === 0) {
      const header = checkTlsRecord(this.#bytes, this.at, this.#end);
      if (header === BAD) return NO_RECORD;
      if (header !== FITS) return MORE;
      this.recordType = tlsRecordType(this.#bytes, this.at);
      if (this.recordType !== RECORD_HANDSHAKE) return OTHER_RECORD;
      this.left = tlsRecordLength(this.#bytes, this.at);
      this.at += TLS_RECORD_HEADER_BYTES;
    }
    return this.#message();
  }

  /** Uses up the message that `next` found. */
  pass(): void {
    this.#walk(HANDSHAKE_HEADER_BYTES + this.messageEnd - this.messageAt, undefined);
  }

  /** Uses up a record of another kind; false when its end is not there yet. */
  passRecord(): boolean {
    const recordEnd = this.at + TLS_RECORD_HEADER_BYTES + tlsRecordLength(this.#bytes, this.at);
    if (recordEnd > this.#end) return false;
    this.at = recordEnd;
    return true;
  }

  /** Lets go of the bytes: they are somebody else's. */
  release(): void {
    this.#bytes = this.messageBytes = joined;
  }

  #message(): typeof MESSAGE | typeof MORE {
    const isHere = Math.min(this.left, this.#end - this.at);
    if (isHere >= HANDSHAKE_HEADER_BYTES) {
      const length = u24(this.#bytes, this.at + 1);
      if (isHere >= HANDSHAKE_HEADER_BYTES + length) return this.#found(this.#bytes, this.at, length, length);
      if (this.left >= HANDSHAKE_HEADER_BYTES + length)
        return this.#found(this.#bytes, this.at, length, isHere - HANDSHAKE_HEADER_BYTES);
    }
    const gathered = this.#gather(joined);
    if (gathered < HANDSHAKE_HEADER_BYTES) return MORE;
    const length = u24(joined, 1);
    return this.#found(joined, 0, length, Math.min(length, gathered - HANDSHAKE_HEADER_BYTES));
  }

  #found(bytes: Uint8Array, at: number, length: number, available: number): typeof MESSAGE | typeof MORE {
    this.messageType = bytes[at]!;
    this.messageBytes = bytes;
    this.messageAt = at + HANDSHAKE_HEADER_BYTES;
    this.messageEnd = this.messageAt + available;
    return available === length ? MESSAGE : MORE;
  }

  /** What handshake records hold from here on, joined; uses up nothing. */
  #gather(into: Uint8Array): number {
    const { at } = this;
    const left = this.left;
    const gathered = this.#walk(into.length, into);
    this.at = at;
    this.left = left;
    return gathered;
  }

  /** Goes on by `wanted` bytes of handshake, over record headers. @returns how many there were. */
  #walk(wanted: number, into: Uint8Array | undefined): number {
    let done = 0;
    for (;;) {
      const part = Math.min(wanted - done, this.left, this.#end - this.at);
      if (into !== undefined) into.set(this.#bytes.subarray(this.at, this.at + part), done);
      done += part;
      this.at += part;
      this.left -= part;
      if (done === wanted || this.left > 0) return done;
      if (checkTlsRecord(this.#bytes, this.at, this.#end) !== FITS) return done;
      if (tlsRecordType(this.#bytes, this.at) !== RECORD_HANDSHAKE) return done;
      this.left = tlsRecordLength(this.#bytes, this.at);
      this.at += TLS_RECORD_HEADER_BYTES;
    }
  }
}
