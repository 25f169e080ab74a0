// Apache ZooKeeper clients. Owns: the connect request, its answer, the four letter words.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';
import { asciiBytes, beginsWith } from '@kaipo/core/wire/match.js';

const RUOK = asciiBytes('ruok');
const IMOK = asciiBytes('imok');
const PASSWORD_LEN = 16;
const MAX_TIMEOUT_MS = 3_600_000;
const LOGIN = 0xffff_fffc;
const WATCHES = 0xffff_fff8;
/** The first requests, sent without waiting for the session. */
const MAX_EARLY = 256;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === 0x72)
    return beginsWith(bytes, start, end, RUOK) && end - start <= 5 && beginsWith(p.otherBytes, 0, p.otherLength, IMOK)
      ? MATCH
      : end - start <= 5
        ? UNSURE
        : NOT_MINE;
  if (bytes[start] === 0x69)
    return end - start === 4 && beginsWith(bytes, start, end, IMOK) && beginsWith(p.otherBytes, 0, p.otherLength, RUOK)
      ? MATCH
      : end - start < 4
        ? UNSURE
        : NOT_MINE;
  if (end - start < 8)
    return end - start < 4 || (u32(bytes, start) >= 36 && u32(bytes, start) <= 45) ? UNSURE : NOT_MINE;
  const verdict = request(p);
  return verdict === NOT_MINE ? answer(p) : verdict;
}

/** Length 44 or 45, version 0, last zxid, timeout, session, a password of 16 bytes. */
function request(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = u32(bytes, start);
  if ((length !== 44 && length !== 45) || u32(bytes, start + 4) !== 0) return NOT_MINE;
  if (end - start < 32) return UNSURE;
  const timeout = u32(bytes, start + 16);
  if (u32(bytes, start + 28) !== PASSWORD_LEN || timeout === 0 || timeout > MAX_TIMEOUT_MS) return NOT_MINE;
  return sessionVerdict(p, start + 20, length);
}

/** A session has a password and no session has none; then the end, or what a client sends along: its login (-4), its watches (-8). */
function sessionVerdict(p: Probe, sessionAt: number, length: number): Verdict {
  const { bytes, start, end } = p;
  const stop = start + 4 + length;
  if (stop > end) return UNSURE;
  const password = sessionAt + 12;
  if (isAll(bytes, sessionAt, sessionAt + 8, 0) !== isAll(bytes, password, password + PASSWORD_LEN, 0)) return NOT_MINE;
  // Longer by one since version 3.4: may it be read only?
  if (length % 2 === 1 && bytes[stop - 1]! > 1) return NOT_MINE;
  if (stop === end) return MATCH;
  if (stop + 8 > end) return UNSURE;
  const next = u32(bytes, stop + 4);
  return next === LOGIN || next === WATCHES || next < MAX_EARLY ? MATCH : NOT_MINE;
}

/** Length 36 or 37, version 0, timeout, session, a password of 16 bytes. */
function answer(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = u32(bytes, start);
  if ((length !== 36 && length !== 37) || u32(bytes, start + 4) !== 0) return NOT_MINE;
  if (end - start < 24) return UNSURE;
  if (u32(bytes, start + 20) !== PASSWORD_LEN || u32(bytes, start + 8) > MAX_TIMEOUT_MS) return NOT_MINE;
  return sessionVerdict(p, start + 12, length);
}

export const zookeeperPlugin = defineProtocol('Apache ZooKeeper', {
  name: 'zookeeper',
  transports: ['tcp'],
  ports: [2181],
  firstBytes: [0, 0x72, 0x69],
  probe,
});
