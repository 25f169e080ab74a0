// Is this DNS? Owns: what counts as proof, on the ports of DNS, mDNS and LLMNR and on any other. Must not know: text, events.
// Bound: twelve bytes a packet; the walk of checkDns only where those could be DNS.
/** @hot */
import { MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import {
  checkDns,
  DNS_CUT,
  DNS_HEADER_BYTES,
  DNS_MALFORMED,
  DNS_OK,
  DNS_OPCODE_QUERY,
  DnsLayout,
  dnsAdditionalCount,
  dnsAnswerCount,
  dnsAuthorityCount,
  dnsHeaderRcode,
  dnsId,
  dnsIsResponse,
  dnsOpcode,
  dnsQuestionCount,
  dnsReservedBit,
  MAX_DNS_QUESTIONS,
} from '@kaipo/core/wire/dns.js';

/** RFC 1035 section 4.2.2: two bytes of length before each message over TCP. */
export const TCP_PREFIX_BYTES = 2;
const TCP = 6;
/** The last opcode in use: DNS Stateful Operations (RFC 8490). */
const LAST_OPCODE = 6;
/** Records of one section that anybody sends; a message that claims more must prove itself by its question. */
const PLAUSIBLE_RECORDS = 1_024;
/** Types up to HTTPS: what hosts ask. */
const LAST_COMMON_TYPE = 65;
const CLASS_IN = 1;

const LAYOUT = new DnsLayout();

/** On a port of DNS, which speaks for it already. */
export function probePort(p: Probe): Verdict {
  if (p.transport !== TCP) {
    const verdict = checkDns(p.bytes, p.start, p.end, LAYOUT);
    return isFirstProof(p, p.start, p.end, verdict, p.isCut) ? MATCH : NOT_MINE;
  }
  const messageAt = p.start + TCP_PREFIX_BYTES;
  if (messageAt + DNS_HEADER_BYTES > p.end)
    return messageAt > p.end || u16(p.bytes, p.start) >= DNS_HEADER_BYTES ? UNSURE : NOT_MINE;
  if (u16(p.bytes, p.start) < DNS_HEADER_BYTES) return NOT_MINE;
  const messageEnd = messageAt + u16(p.bytes, p.start);
  const end = Math.min(messageEnd, p.end);
  const verdict = checkDns(p.bytes, messageAt, end, LAYOUT);
  if (isFirstProof(p, messageAt, end, verdict, false)) return MATCH;
  return end < messageEnd && verdict === DNS_CUT && isPlausible(p.bytes, messageAt) ? UNSURE : NOT_MINE;
}

/** On any port: the message itself must be sound from its first byte to its last. */
export function probeAnyPort(p: Probe): Verdict {
  if (p.transport !== TCP)
    return p.end - p.start >= DNS_HEADER_BYTES &&
      mayBeDns(p.bytes, p.start) &&
      isWholeDns(p.bytes, p.start, p.end, LAYOUT)
      ? MATCH
      : NOT_MINE;
  const messageAt = p.start + TCP_PREFIX_BYTES;
  if (messageAt + DNS_HEADER_BYTES > p.end || !mayBeDns(p.bytes, messageAt)) return NOT_MINE;
  const messageEnd = messageAt + u16(p.bytes, p.start);
  if (messageEnd > p.end) return UNSURE;
  // Two questions may have been sent at once.
  const rest = p.end - messageEnd;
  if (rest >= TCP_PREFIX_BYTES && u16(p.bytes, messageEnd) <= DNS_HEADER_BYTES) return NOT_MINE;
  return isWholeDns(p.bytes, messageAt, messageEnd, LAYOUT) ? MATCH : NOT_MINE;
}

/** The first message of a flow, at `start`: chance must not look like it, on this port neither. */
function isFirstProof(p: Probe, start: number, end: number, verdict: number, isCut: boolean): boolean {
  const { bytes } = p;
  if (!isProof(bytes, start, end, verdict, LAYOUT, isCut)) return false;
  if (LAYOUT.questions > 0) return isFirstQuestion(bytes, start, end, verdict === DNS_OK && LAYOUT.end === end);
  if (!isPlausible(bytes, start)) return false;
  // Without a question: announcements of mDNS, messages after the first of a zone transfer, errors.
  return LAYOUT.answers > 0 ? hasText(bytes, LAYOUT.answerAt[0]!, end) : isAnswerTo(p, start);
}

function isFirstQuestion(bytes: Uint8Array, start: number, end: number, isWhole: boolean): boolean {
  const type = LAYOUT.questionType[0]!;
  const isInternet = LAYOUT.questionClass[0] === CLASS_IN;
  if (type === 0 || dnsReservedBit(bytes, start) || dnsOpcode(bytes, start) > LAST_OPCODE) return false;
  if (!dnsIsResponse(bytes, start) && dnsHeaderRcode(bytes, start) !== 0) return false;
  const isOne = dnsQuestionCount(bytes, start) === 1;
  if (!isPlausible(bytes, start)) return isInternet && isOne && type <= LAST_COMMON_TYPE;
  // The root has a short name, which much that is no DNS begins with.
  if (bytes[LAYOUT.questionAt[0]!] === 0) return isWhole && isInternet && isOne;
  return isKnownClass(LAYOUT.questionClass[0]!) && (isWhole || hasText(bytes, LAYOUT.questionAt[0]!, end));
}

/** Did the other side begin with the number that this message answers? */
function isAnswerTo(p: Probe, start: number): boolean {
  const at = p.transport === TCP ? TCP_PREFIX_BYTES : 0;
  return p.otherLength >= at + DNS_HEADER_BYTES && u16(p.otherBytes, at) === dnsId(p.bytes, start);
}

/** Does the name at `at` begin with a label that people could read? */
function hasText(bytes: Uint8Array, at: number, end: number): boolean {
  const length = bytes[at]!;
  if (length === 0 || length > 63 || at + 1 + length > end) return false;
  for (let i = 1; i <= length; i++) if (bytes[at + i]! < 0x20) return false;
  return true;
}

/**
 * The port already speaks for DNS; the bytes must agree: one readable question of a known class, or a response that is whole without.
 * Enough for the messages of a flow that has proved itself.
 * @param verdict what checkDns said of bytes[start, end) @param isCut more was sent than captured
 */
export function isProof(
  bytes: Uint8Array,
  start: number,
  end: number,
  verdict: number,
  layout: DnsLayout,
  isCut: boolean,
): boolean {
  if (end - start < DNS_HEADER_BYTES) return false;
  if (layout.questions > 0) return verdict === DNS_OK || isKnownClass(layout.questionClass[0]!);
  if (verdict === DNS_MALFORMED || !dnsIsResponse(bytes, start) || dnsQuestionCount(bytes, start) > 0) return false;
  if (layout.answers > 0) return true;
  // An error without a question, or an answer section that was cut before its first record ended.
  return verdict === DNS_OK ? layout.end === end : isCut && recordCount(bytes, start) <= 64;
}

/** Thirty bits of the header that chance would have to hit. */
function isPlausible(bytes: Uint8Array, start: number): boolean {
  return (
    !dnsReservedBit(bytes, start) &&
    dnsOpcode(bytes, start) <= LAST_OPCODE &&
    dnsQuestionCount(bytes, start) <= MAX_DNS_QUESTIONS &&
    dnsAnswerCount(bytes, start) <= PLAUSIBLE_RECORDS &&
    dnsAuthorityCount(bytes, start) <= PLAUSIBLE_RECORDS &&
    dnsAdditionalCount(bytes, start) <= PLAUSIBLE_RECORDS
  );
}

const recordCount = (bytes: Uint8Array, start: number): number =>
  dnsAnswerCount(bytes, start) + dnsAuthorityCount(bytes, start) + dnsAdditionalCount(bytes, start);

/** IN, CH, HS, NONE, ANY (IANA DNS CLASSes). */
function isKnownClass(value: number): boolean {
  return value === 1 || value === 3 || value === 4 || value === 254 || value === 255;
}

/** A standard query or its response with exactly one question: what one byte string in about a million looks like by chance. */
export function mayBeDns(bytes: Uint8Array, start: number): boolean {
  if (dnsQuestionCount(bytes, start) !== 1 || dnsOpcode(bytes, start) !== DNS_OPCODE_QUERY) return false;
  if (dnsReservedBit(bytes, start)) return false;
  const others = dnsAuthorityCount(bytes, start) + dnsAdditionalCount(bytes, start);
  if (dnsIsResponse(bytes, start)) return dnsAnswerCount(bytes, start) + others <= 256;
  return dnsAnswerCount(bytes, start) === 0 && dnsHeaderRcode(bytes, start) === 0 && others <= 3;
}

/** Sound from the first byte to the last, nothing left over, and the question has a name. */
export function isWholeDns(bytes: Uint8Array, start: number, end: number, layout: DnsLayout): boolean {
  if (checkDns(bytes, start, end, layout) !== DNS_OK || layout.end !== end) return false;
  return isKnownClass(layout.questionClass[0]!) && bytes[layout.questionAt[0]!] !== 0;
}
