// SOCKS 4, 4a and 5 proxies (RFC 1928, 1929). Owns: how certain a handshake is. Messages are core/wire/socks.ts, what is read is
// `socks-reader.ts`. Three bytes of a greeting are too few: the answer of the server, or the request behind it, has to fit too.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { isText } from '@kaipo/core/wire/match.js';
import {
  isSocks4a,
  SOCKS_CUT,
  SOCKS_NAME,
  SOCKS_NOT,
  socks4ReplyEnd,
  socks4RequestEnd,
  socks5GreetingEnd,
  socks5LoginEnd,
  socks5MessageEnd,
} from '@kaipo/core/wire/socks.js';
import { SocksReader } from './socks-reader.js';

/** Of user and password (RFC 1929). */
const LOGIN_VERSION = 1;
const TOKEN_METHOD = 1;
const LOGIN_METHOD = 2;
const MAX_CUT_LOGIN = 8;
const MIN_NAME = 4;

export const socksPlugin = defineProtocol('SOCKS 4 and 5: what is asked for, the user; what it carries is named on', {
  name: 'socks',
  transports: ['tcp'],
  ports: [1080, 9050, 9150, 1081],
  firstBytes: [0x04, 0x05, 0x00],
  probe,
  open: (flow) => new SocksReader(flow),
});

function probe(p: Probe): Verdict {
  const version = p.bytes[p.start];
  if (p.fromClient) return version === 5 ? greetingVerdict(p) : version === 4 ? request4Verdict(p) : NOT_MINE;
  return version === 5 ? choiceVerdict(p) : version === 0 ? reply4Verdict(p) : NOT_MINE;
}

function greetingVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const stop = socks5GreetingEnd(bytes, start, end);
  if (stop === SOCKS_CUT) return UNSURE;
  if (stop < 0) return NOT_MINE;
  const requestEnd = stop === end ? SOCKS_CUT : requestEndOf(bytes, stop, end);
  if (p.otherLength >= 2) {
    const fits = isChoice(p.otherBytes, 0, p.otherLength, bytes, start, stop);
    return fits && (requestEnd !== SOCKS_NOT || isLogin(bytes, stop, end)) ? MATCH : NOT_MINE;
  }
  return requestEnd === SOCKS_CUT ? UNSURE : requestEnd > 0 ? MATCH : NOT_MINE;
}

/** A request sent without waiting for the answer: nothing behind it, or it asks for a name that is text. */
function requestEndOf(bytes: Uint8Array, at: number, end: number): number {
  const stop = socks5MessageEnd(bytes, at, end, false);
  if (stop < 0 || stop === end) return stop;
  const length = bytes[at + 4]!;
  if (bytes[at + 3] !== SOCKS_NAME || length < MIN_NAME) return SOCKS_NOT;
  return isText(bytes, at + 5, at + 5 + length) ? stop : SOCKS_NOT;
}

/** 05 and one of the methods that were offered. */
function choiceVerdict(p: Probe): Verdict {
  if (p.otherLength === 0) return NOT_MINE;
  const stop = socks5GreetingEnd(p.otherBytes, 0, p.otherLength);
  if (stop < 0) return NOT_MINE;
  if (p.end - p.start < 2) return UNSURE;
  if (stop < p.otherLength && p.otherBytes[stop] !== 5 && p.otherBytes[stop] !== 1) return NOT_MINE;
  return isChoice(p.bytes, p.start, p.end, p.otherBytes, 0, stop) ? MATCH : NOT_MINE;
}

/** Two bytes, and behind them nothing, or the answer to the request or the login. */
function isChoice(
  answer: Uint8Array,
  at: number,
  answerEnd: number,
  greeting: Uint8Array,
  start: number,
  stop: number,
): boolean {
  if (answer[at] !== 5) return false;
  const next = at + 2;
  const method = answer[at + 1]!;
  if (next < answerEnd && !isAnswered(answer, next, answerEnd, method)) return false;
  if (method === 0xff) return next >= answerEnd;
  for (let i = start + 2; i < stop; i++) if (greeting[i] === method) return true;
  return false;
}

/** Behind the choice: the answer to the login (its version, 0: it is good), then or at once the answer to the request. */
function isAnswered(answer: Uint8Array, at: number, end: number, method: number): boolean {
  if (answer[at] !== LOGIN_VERSION) return socks5MessageEnd(answer, at, end, true) !== SOCKS_NOT;
  if (method !== LOGIN_METHOD) return method === TOKEN_METHOD && (at + 1 >= end || answer[at + 1] === 1);
  if (at + 2 >= end) return true;
  return answer[at + 1] === 0 && socks5MessageEnd(answer, at + 2, end, true) !== SOCKS_NOT;
}

/** Version, length and user, length and password, all of it text; or a token of GSS-API, whose first message is of kind 1. */
function isLogin(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at] !== LOGIN_VERSION) return false;
  const stop = socks5LoginEnd(bytes, at, end);
  if (stop === SOCKS_CUT) return end - at < MAX_CUT_LOGIN;
  const userEnd = at + 2 + bytes[at + 1]!;
  return stop >= 0 && userEnd > at + 2 && isText(bytes, at + 2, userEnd) && isText(bytes, userEnd + 1, stop);
}

function request4Verdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const stop = socks4RequestEnd(bytes, start, end);
  if (stop === SOCKS_CUT) return UNSURE;
  if (stop < 0) return NOT_MINE;
  if (isSocks4a(bytes, start)) return stop - start > 12 ? MATCH : UNSURE;
  if (p.otherLength >= 2) return socks4ReplyEnd(p.otherBytes, 0, p.otherLength) > 0 ? MATCH : NOT_MINE;
  return stop === end ? UNSURE : NOT_MINE;
}

function reply4Verdict(p: Probe): Verdict {
  if (p.otherLength < 9 || p.otherBytes[0] !== 4) return NOT_MINE;
  const request = socks4RequestEnd(p.otherBytes, 0, p.otherLength);
  if (request < 0 && !(request === SOCKS_CUT && p.otherLength >= 32)) return NOT_MINE;
  const stop = socks4ReplyEnd(p.bytes, p.start, p.end);
  return stop === SOCKS_CUT ? UNSURE : stop > 0 ? MATCH : NOT_MINE;
}
