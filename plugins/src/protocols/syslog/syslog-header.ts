// The head of a syslog message: where it begins, its priority, and the shapes of what follows (RFC 3164, RFC 5424, and what
// programs send in practice). Bound: looks at 64 bytes of the body; texts are cut by the caller.
import { asciiBytes, beginsWith, isDigit } from '@kaipo/core/wire/match.js';

const LESS = 0x3c;
const GREATER = 0x3e;
const SPACE = 0x20;
const COLON = 0x3a;
const BRACKET = 0x5b;
const EQUALS = 0x3d;
const MAX_PRIORITY = 191;
const MAX_TAG = 48;
/** What else messages begin with. */
const KNOWN_HEADS = ['last message repeated ', 'CEF:0|', 'CEF:1|', 'LEEF:1', 'LEEF:2'].map(asciiBytes);

/** Offset of the '<' of the first message, or -1. Streams may count octets before it (RFC 6587: "123 <34>1 …"). */
export function messageAt(bytes: Uint8Array, start: number, end: number, isStream: boolean): number {
  if (bytes[start] === LESS) return start;
  if (!isStream || !isDigit(bytes[start]) || bytes[start] === 0x30) return -1;
  let at = start;
  while (at < end && at - start < 6 && isDigit(bytes[at])) at++;
  return at + 1 < end && bytes[at] === SPACE && bytes[at + 1] === LESS ? at + 1 : -1;
}

/** Offset after '<', one to three digits up to 191 without a leading zero, and '>'; or -1. */
export function priorityEnd(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  let next = at + 1;
  while (next < end && next - at <= 3 && isDigit(bytes[next])) {
    value = value * 10 + bytes[next]! - 0x30;
    next++;
  }
  const digits = next - at - 1;
  if (digits === 0 || next >= end || bytes[next] !== GREATER || value > MAX_PRIORITY) return -1;
  return digits > 1 && bytes[at + 1] === 0x30 ? -1 : next + 1;
}

/** A version and a date, a month, a date, a tag with its colon, or pairs of a word and a value: what programs send after '>'. */
export function isSyslogBody(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  if (at < end && bytes[at] === SPACE) at++;
  // RFC 5424: "1 2003-10-11T…" or "1 - …"; Cisco: a number and a colon before anything else.
  if (isDigit(bytes[at])) {
    const digits = digitsEnd(bytes, at, end);
    if (digits - at === 4 && bytes[digits] === 0x2d) return isDate(bytes, at, end);
    if (digits - at === 4 && bytes[digits] === SPACE) return isMonth(bytes, digits + 1, end);
    if (digits + 2 < end && bytes[digits] === SPACE) {
      if (digits - at === 1 && bytes[digits + 1] === 0x2d && bytes[digits + 2] === SPACE) return end - digits > 8;
      return isDate(bytes, digits + 1, end);
    }
    if (digits + 2 >= end || bytes[digits] !== COLON || bytes[digits + 1] !== SPACE) return false;
    at = digits + 2;
    if (bytes[at] === 0x2a || bytes[at] === 0x2e) at++;
    return isMonth(bytes, at, end) || isTag(bytes, at, end);
  }
  if (at < end && (bytes[at] === 0x2a || bytes[at] === 0x2e)) at++;
  if (isMonth(bytes, at, end) || isTag(bytes, at, end) || isPairs(bytes, at, end)) return true;
  for (let i = 0; i < KNOWN_HEADS.length; i++) if (beginsWith(bytes, at, end, KNOWN_HEADS[i]!)) return true;
  return false;
}

function digitsEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && at - start < 12 && isDigit(bytes[at])) at++;
  return at;
}

/** "2003-10-1" */
function isDate(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 10 > end) return false;
  for (let i = 0; i < 10; i++) {
    const isDash = i === 4 || i === 7;
    if (isDash ? bytes[at + i] !== 0x2d : !isDigit(bytes[at + i])) return false;
  }
  return true;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** "Oct 11 22", "Oct  1 2": a month of three letters, a day, an hour or a year. */
function isMonth(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 8 > end || bytes[at + 3] !== SPACE) return false;
  for (let month = 0; month < 36; month += 3) {
    if (bytes[at] !== MONTHS.charCodeAt(month) || bytes[at + 1] !== MONTHS.charCodeAt(month + 1)) continue;
    if (bytes[at + 2] !== MONTHS.charCodeAt(month + 2)) continue;
    return (bytes[at + 4] === SPACE || isDigit(bytes[at + 4])) && isDigit(bytes[at + 5]);
  }
  return false;
}

function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && at - start < MAX_TAG && isTagByte(bytes[at]!)) at++;
  return at;
}

/** Letters, digits and . _ - / ( ) % */
const isTagByte = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x2d && byte <= 0x39) ||
  byte === 0x5f ||
  byte === 0x25 ||
  byte === 0x28 ||
  byte === 0x29;

/** "su: ", "slapd[3453]: ": a word, perhaps a number in brackets, a colon and a blank. */
function isTag(bytes: Uint8Array, at: number, end: number): boolean {
  let next = wordEnd(bytes, at, end);
  if (next - at < 3) return false;
  if (bytes[next] === BRACKET) {
    next = digitsEnd(bytes, next + 1, end);
    if (next + 2 >= end || bytes[next] !== 0x5d) return false;
    next++;
  }
  return next + 2 < end && bytes[next] === COLON && bytes[next + 1] === SPACE;
}

/** "date=2024-01-31 time=…": two words with values, as firewalls log. */
function isPairs(bytes: Uint8Array, at: number, end: number): boolean {
  let next = at;
  for (let pair = 0; pair < 2; pair++) {
    const equals = wordEnd(bytes, next, end);
    if (equals - next < 2 || equals >= end || bytes[equals] !== EQUALS) return false;
    next = equals + 1;
    while (next < end && next - equals < MAX_TAG && bytes[next] !== SPACE && bytes[next]! > SPACE) next++;
    if (next >= end || bytes[next] !== SPACE) return pair === 1;
    next++;
  }
  return true;
}

export interface SyslogHeader {
  readonly host?: string;
  readonly program?: string;
}

const RFC_5424 = /^\d{1,3} (?:-|\d{4}-\S+) (\S+) (\S+) /;
const WITH_DATE =
  /^(?:[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\S+) (?:(\S+) )?([\w./()%-]+)(?:\[\d+\])?: /;
const TAG_ONLY = /^([\w./()%-]{2,48})(?:\[\d+\])?: /;

/** Host and program of a message whose text begins after its priority. Not yet safe for a screen. */
export function readHeader(text: string): SyslogHeader {
  const strict = RFC_5424.exec(text);
  const found = strict ?? WITH_DATE.exec(text);
  const host = found?.[1];
  const program = found === null ? TAG_ONLY.exec(text)?.[1] : found[2];
  return {
    ...(host !== undefined && host !== '-' && { host }),
    ...(program !== undefined && program !== '-' && { program }),
  };
}
