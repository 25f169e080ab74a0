// Reads the opening of an AMQP connection: products, user, virtual host, container. Bound: 8 frames of a side, 8 KiB each.
import { DONE, type FlowReader, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { amqp1FrameLength, amqpFrameLength, amqpIsMethod } from '@kaipo/core/wire/amqp.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, indexOfByte, indexOfBytes, utf8Text } from '@kaipo/core/wire/match.js';

const MAX_FRAMES = 8;
const MAX_BYTES = 8192;
const CONNECTION = 10;
const START = 10;
const START_OK = 11;
const OPEN = 40;
const PRODUCT = asciiBytes('\x07productS');
const VERSION = asciiBytes('\x07versionS');
const PLAIN = asciiBytes('\x05PLAIN');
const OPEN_1 = 0x10;
const SASL_INIT = 0x41;

export class AmqpReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #frames = 0;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (bytes[start] === 0x41) return end - start < 8 ? 0 : 8;
    const isNew = bytes[start] === 0;
    const length = isNew ? amqp1FrameLength(bytes, start, end) : amqpFrameLength(bytes, start, end);
    if (length < 0) return DONE;
    if (length === 0 || (start + length > end && length <= MAX_BYTES)) return 0;
    const stop = Math.min(end, start + length);
    if (isNew) this.#frame1(bytes, start, stop, fromClient);
    else if (amqpIsMethod(bytes, start)) this.#method(bytes, start, stop);
    this.#frames += 1;
    if (this.#frames >= 2 * MAX_FRAMES) return DONE;
    return length > 8192 ? SKIP_SIDE : length;
  }

  #method(bytes: Uint8Array, start: number, end: number): void {
    if (u16(bytes, start + 7) !== CONNECTION) return;
    const method = u16(bytes, start + 9);
    if (method === START || method === START_OK) {
      const software = `${longText(bytes, start, end, PRODUCT)} ${longText(bytes, start, end, VERSION)}`.trim();
      if (software !== '')
        this.#flow.setDetails(method === START ? { serverSoftware: software } : { clientSoftware: software });
    }
    if (method === START_OK) this.#plain(bytes, start, end);
    if (method === OPEN && start + 12 < end) {
      const host = utf8Text(bytes, start + 12, Math.min(end, start + 12 + bytes[start + 11]!), 128);
      if (host !== '') this.#flow.setDetails({ subject: host });
    }
  }

  /** PLAIN: length, zero, user, zero, password. */
  #plain(bytes: Uint8Array, start: number, end: number): void {
    const at = indexOfBytes(bytes, start, end, PLAIN);
    const from = at + PLAIN.length + 5;
    const stop = at < 0 || from >= end || bytes[from - 1] !== 0 ? -1 : indexOfByte(bytes, from, end, 0);
    if (stop > from) this.#flow.setDetails({ userName: utf8Text(bytes, from, stop, 128) });
  }

  /** 1.0 open: a list whose first field is the container id, a string of one length byte. */
  #frame1(bytes: Uint8Array, start: number, end: number, fromClient: boolean): void {
    if (end - start < 16) return;
    const code = bytes[start + 10];
    const list = start + 11;
    // list8: 0xc0, size, count; list32: 0xd0, size 4, count 4.
    const first = bytes[list] === 0xc0 ? list + 3 : bytes[list] === 0xd0 ? list + 9 : end;
    if (first + 2 >= end) return;
    if (code === OPEN_1 && bytes[first] === 0xa1 && fromClient)
      this.#flow.setDetails({ subject: utf8Text(bytes, first + 2, Math.min(end, first + 2 + bytes[first + 1]!), 128) });
    if (
      code === SASL_INIT &&
      bytes[first] === 0xa3 &&
      utf8Text(bytes, first + 2, first + 2 + bytes[first + 1]!, 16) === 'PLAIN'
    ) {
      const response = first + 2 + bytes[first + 1]!;
      if (bytes[response] !== 0xa0 || response + 3 >= end || bytes[response + 2] !== 0) return;
      const stop = indexOfByte(bytes, response + 3, end, 0);
      if (stop > response + 3) this.#flow.setDetails({ userName: utf8Text(bytes, response + 3, stop, 128) });
    }
  }
}

function longText(bytes: Uint8Array, start: number, end: number, name: Uint8Array): string {
  const at = indexOfBytes(bytes, start, end, name);
  const from = at + name.length + 4;
  if (at < 0 || from > end) return '';
  return utf8Text(bytes, from, Math.min(end, from + u32(bytes, from - 4)), 64);
}
