// iSCSI (RFC 7143). Owns: the login of an initiator and its answer; reads the names of both. Bound: one login of at most 8,192 bytes.
// A login: opcode, flags, versions, no additional header, the length of its text in 24 bits; keys and values from byte 48.
import {
  DONE,
  defineProtocol,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  SKIP_SIDE,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u24 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, indexOfByte, indexOfBytes, isDigit, latin1Text, lower } from '@kaipo/core/wire/match.js';

const LOGIN = 0x43;
const LOGIN_ANSWER = 0x23;
const HEADER_BYTES = 48;
const MAX_TEXT_BYTES = 8_192;
const INITIATOR = asciiBytes('InitiatorName=');
const TARGET = asciiBytes('TargetName=');
const EQUALS = 0x3d;

export const iscsiPlugin = defineProtocol('iSCSI: names of initiator and target', {
  name: 'iscsi',
  transports: ['tcp'],
  ports: [3260, 860],
  firstBytes: [LOGIN, LOGIN_ANSWER],
  probe,
  open: (flow) => new IscsiReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== (p.fromClient ? LOGIN : LOGIN_ANSWER)) return NOT_MINE;
  // Stages are 0, 1 and 3; two bits are reserved. Versions are 0 to this day.
  if (end - start > 1 && ((bytes[start + 1]! & 0x30) !== 0 || (bytes[start + 1]! & 0x03) === 2)) return NOT_MINE;
  for (let at = start + 2; at < Math.min(end, start + 5); at++) if (bytes[at] !== 0) return NOT_MINE;
  if (end - start < HEADER_BYTES) return UNSURE;
  const length = u24(bytes, start + 5);
  if (length > MAX_TEXT_BYTES) return NOT_MINE;
  // Without text there is only an answer that refuses: status class 1 to 3.
  if (length < 4)
    return !p.fromClient && bytes[start + 36]! > 0 && bytes[start + 36]! < 4 && isAnswer(p) ? MATCH : NOT_MINE;
  const keyEnd = indexOfByte(bytes, start + HEADER_BYTES, end, EQUALS);
  if (keyEnd < 0) return end - start < HEADER_BYTES + 64 ? UNSURE : NOT_MINE;
  return isKey(bytes, start + HEADER_BYTES, keyEnd) ? MATCH : NOT_MINE;
}

/** The session and the task of the login the other side has sent. */
function isAnswer(p: Probe): boolean {
  const { bytes, start, otherBytes } = p;
  if (p.otherLength < 20 || otherBytes[0] !== LOGIN) return false;
  for (let at = 8; at < 20; at++) if (at !== 14 && at !== 15 && bytes[start + at] !== otherBytes[at]) return false;
  return true;
}

/** RFC 7143 section 6.1: a capital letter, then letters, digits and -._@ (CHAP_A, X-com.example.key). */
function isKey(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4 || end - start > 63 || bytes[start]! < 0x41 || bytes[start]! > 0x5a) return false;
  for (let at = start + 1; at < end; at++) {
    const byte = bytes[at]!;
    const isLetter = lower(byte) >= 0x61 && lower(byte) <= 0x7a;
    if (!isLetter && !isDigit(byte) && byte !== 0x2d && byte !== 0x2e && byte !== 0x5f && byte !== 0x40) return false;
  }
  return true;
}

class IscsiReader implements FlowReader {
  readonly #flow: ProtocolFlow;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (!fromClient) return SKIP_SIDE;
    if (end - start < HEADER_BYTES) return 0;
    const stop = start + HEADER_BYTES + Math.min(u24(bytes, start + 5), MAX_TEXT_BYTES);
    if (stop > end) return 0;
    const initiator = keyText(bytes, start + HEADER_BYTES, stop, INITIATOR);
    const target = keyText(bytes, start + HEADER_BYTES, stop, TARGET);
    if (initiator !== '') this.#flow.setDetails({ userName: initiator });
    if (target !== '') this.#flow.setDetails({ subject: target });
    return DONE;
  }
}

function keyText(bytes: Uint8Array, start: number, end: number, key: Uint8Array): string {
  const at = indexOfBytes(bytes, start, end, key);
  if (at < 0) return '';
  const stop = indexOfByte(bytes, at, end, 0);
  return latin1Text(bytes, at + key.length, stop < 0 ? end : stop);
}
