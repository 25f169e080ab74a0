// Redis and everything that speaks RESP (Valkey, KeyDB, Dragonfly, sentinels, cluster clients): redis.io/docs/reference/protocol-spec.
// Owns: how commands and answers begin. Must not know: what they mean beyond who logs in. Bound: `redis-reader.ts`.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, beginsWithWord } from '@kaipo/core/wire/match.js';
import { respCommand, respValue, respWords } from '@kaipo/core/wire/resp.js';
import { RedisReader } from './redis-reader.js';

const ASTERISK = 0x2a;
const PLUS = 0x2b;
/** Error codes nobody else has behind a minus. */
const ERRORS = ['-NOAUTH ', '-WRONGPASS ', '-DENIED ', '-LOADING ', '-MOVED ', '-ASK ', '-WRONGTYPE ', '-NOSCRIPT ', '-READONLY ', '-MISCONF ', '-CLUSTERDOWN ', '-ERR unknown command', '-ERR wrong number of arg', '-ERR invalid password', '-ERR Client sent AUTH'].map(asciiBytes); // biome-ignore format: one list
const PING = asciiBytes('ping');
const LINE_ENDS = [0x0d, 0x0a];
const PONG = asciiBytes('+PONG\r\n');

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const first = bytes[start]!;
  if (first === ASTERISK) {
    const length = respCommand(bytes, start, end);
    if (length > 0 || respWords.count > 0) return MATCH;
    if (length === 0) return UNSURE;
  }
  if (first === 0x50 || first === 0x70) return inline(p);
  return answer(p);
}

/** A command typed by hand. Only PING, and only with its answer: other words are those of other protocols too. */
function inline(p: Probe): Verdict {
  if (!isPing(p.bytes, p.start, p.end)) return p.end - p.start <= PING.length ? UNSURE : NOT_MINE;
  return beginsWith(p.otherBytes, 0, p.otherLength, PONG) ? MATCH : UNSURE;
}

/** People and scripts end the line with LF alone. */
const isPing = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start > PING.length &&
  beginsWithWord(bytes, start, end, PING) &&
  LINE_ENDS.includes(bytes[start + PING.length]!);

function answer(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const isAnswered =
    p.otherLength >= 4 && p.otherBytes[0] === ASTERISK && respCommand(p.otherBytes, 0, p.otherLength) >= 0;
  for (let i = 0; i < ERRORS.length; i++) if (beginsWith(bytes, start, end, ERRORS[i]!)) return MATCH;
  if (isPing(p.otherBytes, 0, p.otherLength) && beginsWith(bytes, start, end, PONG)) return MATCH;
  const length = respValue(bytes, start, end);
  if (length < 0) return NOT_MINE;
  if (isAnswered) return MATCH;
  // Without the question only a value inside a value is sure: "+OK" is what POP3 says, ":1" is next to nothing.
  if (length > 0 && bytes[start] !== PLUS && bytes[start] !== 0x2d && bytes[start] !== 0x3a && length >= 9)
    return MATCH;
  return UNSURE;
}

export const redisPlugin = defineProtocol('Redis commands and answers (RESP)', {
  name: 'redis',
  transports: ['tcp'],
  ports: [6379, 6380, 16_379, 26_379, 7001],
  firstBytes: [...'*+-:$%~>_#=!Pp'].map((letter) => letter.charCodeAt(0)),
  probe,
  open: (flow) => new RedisReader(flow),
});
