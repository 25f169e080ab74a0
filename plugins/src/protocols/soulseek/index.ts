// Soulseek: login at the server: length, code 1, user, password, version, and the MD5 of both.
// Owns: that message, walked to its end. Bound: one message.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32le } from '@kaipo/core/wire/bytes.js';
import { isText } from '@kaipo/core/wire/match.js';

const LOGIN = 1;
const HEAD_BYTES = 8;
const MAX_TEXT_BYTES = 128;
const HASH_BYTES = 32;
/** Versions of clients since 2003. */
const FIRST_VERSION = 100;
const LAST_VERSION = 1000;

export const soulseekPlugin = defineProtocol('Soulseek file sharing', {
  name: 'soulseek',
  transports: ['tcp'],
  ports: [2242, 2234, 2240],
  stream: { at: 4, values: [LOGIN] },
  application: 'Soulseek',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start < HEAD_BYTES) return NOT_MINE;
  const length = u32le(bytes, start);
  if (u32le(bytes, start + 4) !== LOGIN || length < 48 || length > 512) return NOT_MINE;
  if (end - start < length + 4) return UNSURE;
  const stop = start + 4 + length;
  const password = textEnd(bytes, start + HEAD_BYTES, stop);
  const version = textEnd(bytes, password, stop);
  if (version < 0 || version + 8 + HASH_BYTES > stop) return NOT_MINE;
  const number = u32le(bytes, version);
  if (number < FIRST_VERSION || number > LAST_VERSION || u32le(bytes, version + 4) !== HASH_BYTES) return NOT_MINE;
  return isText(bytes, version + 8, version + 8 + HASH_BYTES) ? MATCH : NOT_MINE;
}

/** Where the text of a length and its bytes at `at` ends, or -1. */
function textEnd(bytes: Uint8Array, at: number, stop: number): number {
  if (at < 0 || at + 4 > stop) return -1;
  const length = u32le(bytes, at);
  return length === 0 || length > MAX_TEXT_BYTES || at + 4 + length > stop ? -1 : at + 4 + length;
}
