// How an HTTP/1.x message begins: request line, status line. Owns: telling a start line from everything else, and where its parts
// lie. Must not know: header fields, bodies, connections. Bound: one line.
// RFC 9112 sections 3 and 4; HTTP/0.9 has a request without a version; "ICY 200 OK" is how SHOUTcast servers answer.
/** @hot */
import { asciiBytes, beginsWith, indexOfByte, isDigit, mayBegin } from './match.js';

export const START_NONE = 0;
/** Agrees so far, the line goes on. */
export const START_MAYBE = 1;
export const START_REQUEST = 2;
export const START_RESPONSE = 3;
/** A request without a version: proves nothing alone. */
export const START_SIMPLE = 4;
export type StartKind =
  | typeof START_NONE
  | typeof START_MAYBE
  | typeof START_REQUEST
  | typeof START_RESPONSE
  | typeof START_SIMPLE;

/** Longest method: RFC 9110 has no bound, BASELINE-CONTROL and UPDATEREDIRECTREF are the longest that are registered. */
const MAX_METHOD_BYTES = 24;
/** A request line that is longer is taken for one without its end, when its method is well known. */
export const LONG_START_LINE_BYTES = 2_048;

const SPACE = 0x20;
const CR = 0x0d;
const LF = 0x0a;
const HTTP = asciiBytes('HTTP/');
const ICY = asciiBytes('ICY ');
const PRI = asciiBytes('PRI * HTTP/2');

/** Methods whose beginning is worth waiting for; others are recognised when the line is whole. */
const KNOWN_METHODS = [
  'GET ',
  'POST ',
  'HEAD ',
  'PUT ',
  'DELETE ',
  'OPTIONS ',
  'CONNECT ',
  'TRACE ',
  'PATCH ',
  'PROPFIND ',
  'PROPPATCH ',
  'MKCOL ',
  'COPY ',
  'MOVE ',
  'LOCK ',
  'UNLOCK ',
  'REPORT ',
  'SEARCH ',
  'SOURCE ',
  'SUBSCRIBE ',
  'UNSUBSCRIBE ',
  'NOTIFY ',
  'M-SEARCH ',
  'PURGE ',
  'CCM_POST ',
  'BITS_POST ',
  'RPC_IN_DATA ',
  'RPC_OUT_DATA ',
  'RPC_CONNECT ',
].map(asciiBytes);
const GET = KNOWN_METHODS[0]!;

/** Does [start, end) begin with a well-known method and a space? */
export function hasKnownMethod(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = 0; i < KNOWN_METHODS.length; i++) if (beginsWith(bytes, start, end, KNOWN_METHODS[i]!)) return true;
  return false;
}

function mayBecomeKnownMethod(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = 0; i < KNOWN_METHODS.length; i++) if (mayBegin(bytes, start, end, KNOWN_METHODS[i]!)) return true;
  return false;
}

/** Letters of a method as it is met: A to Z, "-", "_". */
const isMethodByte = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || byte === 0x5f;
/** A byte a request target may hold as it is met: no control characters; bytes over 0x7f are sent although they should not. */
const isTargetByte = (byte: number): boolean => byte >= 0x21 && byte !== 0x7f;

/**
 * What do [start, end) begin with? A first line that is not whole is START_MAYBE; "HTTP/1.1 200" is START_RESPONSE before its
 * line ends.
 */
export function http1Start(bytes: Uint8Array, start: number, end: number): StartKind {
  if (end <= start) return START_MAYBE;
  const first = bytes[start]!;
  if (first < 0x41 || first > 0x5a) return START_NONE;
  if (first === 0x48 && mayBegin(bytes, start, end, HTTP)) return statusStart(bytes, start, end);
  if (first === 0x49 && mayBegin(bytes, start, end, ICY)) return icyStart(bytes, start, end);
  return requestStart(bytes, start, end);
}

function statusStart(bytes: Uint8Array, start: number, end: number): StartKind {
  if (end - start < 12) return indexOfByte(bytes, start, end, LF) >= 0 ? START_NONE : START_MAYBE;
  const after = bytes[start + 12];
  const isStatus =
    isDigit(bytes[start + 5]) &&
    bytes[start + 6] === 0x2e &&
    isDigit(bytes[start + 7]) &&
    bytes[start + 8] === SPACE &&
    isThreeDigits(bytes, start + 9) &&
    (start + 12 >= end || after === SPACE || after === CR || after === LF);
  return isStatus ? START_RESPONSE : START_NONE;
}

function icyStart(bytes: Uint8Array, start: number, end: number): StartKind {
  if (end - start < 7) return START_MAYBE;
  if (!isThreeDigits(bytes, start + 4)) return START_NONE;
  return START_RESPONSE;
}

const isThreeDigits = (bytes: Uint8Array, at: number): boolean =>
  bytes[at]! >= 0x31 && bytes[at]! <= 0x39 && isDigit(bytes[at + 1]) && isDigit(bytes[at + 2]);

function requestStart(bytes: Uint8Array, start: number, end: number): StartKind {
  let at = start;
  const methodLimit = Math.min(end, start + MAX_METHOD_BYTES);
  while (at < methodLimit && isMethodByte(bytes[at]!)) at++;
  if (at === end) return mayBecomeKnownMethod(bytes, start, end) ? START_MAYBE : START_NONE;
  if (bytes[at] !== SPACE || at - start < 2) return START_NONE;
  const lineEnd = indexOfByte(bytes, at, end, LF);
  if (lineEnd < 0) return openRequestStart(bytes, start, at + 1, end);
  const stop = bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
  for (let i = at + 1; i < stop; i++)
    if (!isTargetByte(bytes[i]!) && bytes[i] !== SPACE && bytes[i] !== 9) return START_NONE;
  const versionAt = stop - 8;
  if (versionAt > at + 1 && bytes[versionAt - 1] === SPACE && isVersion(bytes, versionAt)) {
    return beginsWith(bytes, start, end, PRI) ? START_NONE : START_REQUEST;
  }
  const isSimple = beginsWith(bytes, start, end, GET) && bytes[at + 1] === 0x2f && !hasSpace(bytes, at + 1, stop);
  return isSimple ? START_SIMPLE : START_NONE;
}

/** The line is not whole: only what begins like a request of a well-known method is worth waiting for. */
function openRequestStart(bytes: Uint8Array, start: number, targetAt: number, end: number): StartKind {
  if (!hasKnownMethod(bytes, start, end)) return START_NONE;
  for (let i = targetAt; i < end; i++) {
    const byte = bytes[i]!;
    if (!isTargetByte(byte) && byte !== SPACE && !(byte === CR && i === end - 1)) return START_NONE;
  }
  return end - start >= LONG_START_LINE_BYTES ? START_REQUEST : START_MAYBE;
}

/** HTTP/d.d at `at`. */
const isVersion = (bytes: Uint8Array, at: number): boolean =>
  beginsWith(bytes, at, at + 8, HTTP) && isDigit(bytes[at + 5]) && bytes[at + 6] === 0x2e && isDigit(bytes[at + 7]);

function hasSpace(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === SPACE) return true;
  return false;
}

/** Where the parts of a start line lie. One instance serves all lines. */
export class StartLine {
  isRequest = false;
  methodEnd = 0;
  targetAt = 0;
  targetEnd = 0;
  /** 0 for a request. */
  status = 0;
  /** 9, 10, 11 …: major times ten plus minor. */
  version = 0;
}

/** Takes the start line in [start, stop) apart: `http1Start` has accepted it, `stop` is where its CR or LF is (or where it was cut). */
export function readStartLine(bytes: Uint8Array, start: number, stop: number, kind: StartKind, line: StartLine): void {
  line.isRequest = kind !== START_RESPONSE;
  if (kind === START_RESPONSE) {
    const isIcy = bytes[start] === 0x49;
    const statusAt = start + (isIcy ? 4 : 9);
    line.status = (bytes[statusAt]! - 48) * 100 + (bytes[statusAt + 1]! - 48) * 10 + bytes[statusAt + 2]! - 48;
    line.version = isIcy ? 10 : versionAtOf(bytes, start);
    line.methodEnd = line.targetAt = line.targetEnd = start;
    return;
  }
  let at = start;
  while (at < stop && bytes[at] !== SPACE) at++;
  line.status = 0;
  line.methodEnd = at;
  line.targetAt = Math.min(at + 1, stop);
  const versionAt = stop - 8;
  const hasVersion = versionAt > line.targetAt && bytes[versionAt - 1] === SPACE && isVersion(bytes, versionAt);
  // A line that was cut before its version had one: only START_SIMPLE has none.
  line.version = hasVersion ? versionAtOf(bytes, versionAt) : kind === START_SIMPLE ? 9 : 11;
  line.targetEnd = hasVersion ? versionAt - 1 : stop;
  while (line.targetAt < line.targetEnd && bytes[line.targetAt] === SPACE) line.targetAt++;
  while (line.targetEnd > line.targetAt && bytes[line.targetEnd - 1] === SPACE) line.targetEnd--;
}

const versionAtOf = (bytes: Uint8Array, at: number): number => (bytes[at + 5]! - 48) * 10 + bytes[at + 7]! - 48;
