// HTTP/1.x (RFC 9110, RFC 9112), HTTP/0.9 where the answer proves it, SHOUTcast's dialect of it. Owns: what the first line of a side
// must be. Bound: that line.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import {
  hasKnownMethod,
  http1Start,
  START_MAYBE,
  START_NONE,
  START_REQUEST,
  START_RESPONSE,
  START_SIMPLE,
} from '@kaipo/core/wire/http1-start.js';
import { asciiBytes, beginsWithWord, indexOfByte, lower } from '@kaipo/core/wire/match.js';
import { HttpReader } from './reader.js';

/** Bytes of a request line that was captured cut which are enough, with a well-known method. */
const ENOUGH_OF_A_CUT_LINE = 16;
const CAPITALS = Array.from({ length: 26 }, (_, letter) => 0x41 + letter);
const LESS_THAN = 0x3c;
/** Memo: the client has sent a request without a version. */
const ASKED_SIMPLY = 1;
const DOCUMENT_BEGINNINGS = ['<html', '<!doctype html', '<head', '<title'].map(asciiBytes);
const LONGEST_BEGINNING = 14;

export const httpPlugin = defineProtocol('HTTP/1 requests and responses, proxies, CONNECT and Upgrade', {
  name: 'http',
  transports: ['tcp'],
  ports: [80, 8080, 8000, 8008, 8081, 8888, 3128, 5000, 5985, 631, 2869, 9200, 5984],
  firstBytes: [...CAPITALS, LESS_THAN],
  probe,
  open: (flow) => new HttpReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === LESS_THAN) return p.memoA === ASKED_SIMPLY ? documentVerdict(bytes, start, end) : NOT_MINE;
  switch (http1Start(bytes, start, end)) {
    case START_NONE:
      return NOT_MINE;
    case START_REQUEST:
    case START_RESPONSE:
      return MATCH;
    case START_SIMPLE:
      p.memoA = ASKED_SIMPLY;
      return UNSURE;
    case START_MAYBE:
      return p.isCut && end - start >= ENOUGH_OF_A_CUT_LINE && hasTargetPath(bytes, start, end) ? MATCH : UNSURE;
  }
}

/** A well-known method and a target that begins with "/" or a scheme. */
function hasTargetPath(bytes: Uint8Array, start: number, end: number): boolean {
  if (!hasKnownMethod(bytes, start, end)) return false;
  const target = indexOfByte(bytes, start, end, 0x20) + 1;
  return bytes[target] === 0x2f || bytes[target] === 0x68;
}

/** HTTP/0.9: a document, nothing before it, in answer to "GET /…" and a line end. */
function documentVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  const length = Math.min(end - start, LONGEST_BEGINNING);
  for (let i = 0; i < DOCUMENT_BEGINNINGS.length; i++) {
    const word = DOCUMENT_BEGINNINGS[i]!;
    if (beginsWithWord(bytes, start, end, word)) return MATCH;
    if (length < word.length && isBeginningOf(bytes, start, length, word)) return UNSURE;
  }
  return NOT_MINE;
}

function isBeginningOf(bytes: Uint8Array, start: number, length: number, word: Uint8Array): boolean {
  for (let i = 0; i < length; i++) if (lower(bytes[start + i]!) !== word[i]) return false;
  return true;
}
