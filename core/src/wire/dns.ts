// DNS messages as numbers: header fields, and where each question and answer lies. Owns: the checked door `checkDns`.
// Must not know: text, ports, flows. Bound: 64 questions, 64 answers and 256 records a message, 126 pointers and 255 bytes a name.
// RFC 1035 section 4; mDNS (RFC 6762) and LLMNR (RFC 4795) have the same layout. NetBIOS name service looks alike and is none.
/** @hot */
import { u16 } from './bytes.js';

export const DNS_HEADER_BYTES = 12;
export const MAX_DNS_QUESTIONS = 64;
export const MAX_DNS_ANSWERS = 64;
/** Records walked in one message; what follows is not looked at. */
export const MAX_DNS_RECORDS = 256;
/** RFC 1035 section 2.3.4: octets of a name on the wire, length octets and root included. */
export const MAX_DNS_NAME_BYTES = 255;
/** A name of 255 octets has at most 127 labels; each but the last could be followed by a pointer. */
const MAX_POINTERS = 126;

export const DNS_TYPE_A = 1;
export const DNS_TYPE_AAAA = 28;
export const DNS_TYPE_OPT = 41;
export const DNS_OPCODE_QUERY = 0;
export const DNS_OPCODE_NOTIFY = 4;

/** The bytes contradict themselves. The layout holds what stood before the damage. */
export const DNS_MALFORMED = 0;
/** The bytes end before the counts of the header are used up. The layout holds what is there. */
export const DNS_CUT = 1;
export const DNS_OK = 2;

/** Instead of the end of a name. */
export const NAME_BAD = -1;
export const NAME_CUT = -2;

/** Where the parts of one message lie: absolute offsets in the bytes that `checkDns` was given. One instance serves all messages. */
export class DnsLayout {
  questions = 0;
  readonly questionAt = new Uint32Array(MAX_DNS_QUESTIONS);
  readonly questionType = new Uint16Array(MAX_DNS_QUESTIONS);
  /** Without the top bit, which mDNS uses for something else (RFC 6762 section 5.4). */
  readonly questionClass = new Uint16Array(MAX_DNS_QUESTIONS);
  /** Records of the answer section. */
  answers = 0;
  readonly answerAt = new Uint32Array(MAX_DNS_ANSWERS);
  readonly answerType = new Uint16Array(MAX_DNS_ANSWERS);
  readonly answerDataAt = new Uint32Array(MAX_DNS_ANSWERS);
  readonly answerDataEnd = new Uint32Array(MAX_DNS_ANSWERS);
  /** Response code with the upper bits of an OPT record (RFC 6891 section 6.1.3). */
  rcode = 0;
  /** End of the last section when all were walked, else 0. */
  end = 0;
}

export const dnsId = (bytes: Uint8Array, start: number): number => u16(bytes, start);
export const dnsIsResponse = (bytes: Uint8Array, start: number): boolean => (bytes[start + 2]! & 0x80) !== 0;
export const dnsOpcode = (bytes: Uint8Array, start: number): number => (bytes[start + 2]! >> 3) & 0xf;
/** The bit that must be zero (RFC 1035 section 4.1.1, RFC 6895 section 2.1). */
export const dnsReservedBit = (bytes: Uint8Array, start: number): boolean => (bytes[start + 3]! & 0x40) !== 0;
export const dnsHeaderRcode = (bytes: Uint8Array, start: number): number => bytes[start + 3]! & 0xf;
export const dnsQuestionCount = (bytes: Uint8Array, start: number): number => u16(bytes, start + 4);
export const dnsAnswerCount = (bytes: Uint8Array, start: number): number => u16(bytes, start + 6);
export const dnsAuthorityCount = (bytes: Uint8Array, start: number): number => u16(bytes, start + 8);
export const dnsAdditionalCount = (bytes: Uint8Array, start: number): number => u16(bytes, start + 10);

/**
 * Where the name at `at` ends in place, after following its pointers to see that it is whole. Pointers must lead backwards,
 * so they end. @returns an offset, NAME_BAD, or NAME_CUT.
 */
export function dnsNameEnd(bytes: Uint8Array, start: number, at: number, end: number): number {
  let cursor = at;
  let segment = at;
  let nameEnd = 0;
  let length = 1;
  let pointers = 0;
  for (;;) {
    if (cursor >= end) return NAME_CUT;
    const label = bytes[cursor]!;
    if (label === 0) return nameEnd === 0 ? cursor + 1 : nameEnd;
    if (label >= 0xc0) {
      if (cursor + 2 > end) return NAME_CUT;
      if (nameEnd === 0) nameEnd = cursor + 2;
      const target = start + (u16(bytes, cursor) & 0x3fff);
      pointers += 1;
      if (target >= segment || target < start + DNS_HEADER_BYTES || pointers > MAX_POINTERS) return NAME_BAD;
      segment = target;
      cursor = target;
      continue;
    }
    if (label > 63) return NAME_BAD;
    length += label + 1;
    if (length > MAX_DNS_NAME_BYTES) return NAME_BAD;
    cursor += label + 1;
  }
}

/** Walks the message in bytes[start, end) once and fills `layout`. Never throws, reads nothing outside. @returns DNS_OK, DNS_CUT or DNS_MALFORMED. */
export function checkDns(bytes: Uint8Array, start: number, end: number, layout: DnsLayout): number {
  layout.questions = 0;
  layout.answers = 0;
  layout.rcode = 0;
  layout.end = 0;
  if (end > bytes.length || end - start < DNS_HEADER_BYTES) return DNS_MALFORMED;
  layout.rcode = dnsHeaderRcode(bytes, start);
  let at = walkQuestions(bytes, start, end, layout);
  if (at < 0) return at === NAME_CUT ? DNS_CUT : DNS_MALFORMED;
  const answers = dnsAnswerCount(bytes, start);
  const records = answers + dnsAuthorityCount(bytes, start) + dnsAdditionalCount(bytes, start);
  const walked = Math.min(records, MAX_DNS_RECORDS);
  for (let i = 0; i < walked; i++) {
    at = walkRecord(bytes, start, at, end, layout, i < answers);
    if (at < 0) return at === NAME_CUT ? DNS_CUT : DNS_MALFORMED;
  }
  if (walked === records) layout.end = at;
  return DNS_OK;
}

function walkQuestions(bytes: Uint8Array, start: number, end: number, layout: DnsLayout): number {
  const count = dnsQuestionCount(bytes, start);
  let at = start + DNS_HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    if (i === MAX_DNS_QUESTIONS) return NAME_BAD;
    const nameEnd = dnsNameEnd(bytes, start, at, end);
    if (nameEnd < 0) return nameEnd;
    if (nameEnd + 4 > end) return NAME_CUT;
    layout.questionAt[i] = at;
    layout.questionType[i] = u16(bytes, nameEnd);
    layout.questionClass[i] = u16(bytes, nameEnd + 2) & 0x7fff;
    layout.questions = i + 1;
    at = nameEnd + 4;
  }
  return at;
}

/** One resource record: name, type 2, class 2, TTL 4, length 2, data. @returns where the next begins, NAME_BAD, or NAME_CUT. */
function walkRecord(
  bytes: Uint8Array,
  start: number,
  at: number,
  end: number,
  layout: DnsLayout,
  isAnswer: boolean,
): number {
  const nameEnd = dnsNameEnd(bytes, start, at, end);
  if (nameEnd < 0) return nameEnd;
  const dataAt = nameEnd + 10;
  if (dataAt > end) return NAME_CUT;
  const dataEnd = dataAt + u16(bytes, nameEnd + 8);
  if (dataEnd > end) return NAME_CUT;
  const type = u16(bytes, nameEnd);
  if (type === DNS_TYPE_OPT) layout.rcode = (layout.rcode & 0xf) | (bytes[nameEnd + 4]! << 4);
  else if (isAnswer && layout.answers < MAX_DNS_ANSWERS) {
    const slot = layout.answers;
    layout.answerAt[slot] = at;
    layout.answerType[slot] = type;
    layout.answerDataAt[slot] = dataAt;
    layout.answerDataEnd[slot] = dataEnd;
    layout.answers = slot + 1;
  }
  return dataEnd;
}
