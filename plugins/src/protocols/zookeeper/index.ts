// Apache ZooKeeper clients. Owns: the connect request, its answer, the four letter words.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith } from '@kaipo/core/wire/match.js';

const RUOK = asciiBytes('ruok');
const IMOK = asciiBytes('imok');
const PASSWORD_LEN = 16;

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
  return u32(bytes, start + 28) === PASSWORD_LEN && u32(bytes, start + 16) <= 3_600_000 && u32(bytes, start + 16) > 0
    ? MATCH
    : NOT_MINE;
}

/** Length 36 or 37, version 0, timeout, session, a password of 16 bytes. */
function answer(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = u32(bytes, start);
  if ((length !== 36 && length !== 37) || u32(bytes, start + 4) !== 0) return NOT_MINE;
  if (end - start < 24) return UNSURE;
  return u32(bytes, start + 20) === PASSWORD_LEN && u32(bytes, start + 8) <= 3_600_000 ? MATCH : NOT_MINE;
}

export const zookeeperPlugin = defineProtocol('Apache ZooKeeper', {
  name: 'zookeeper',
  transports: ['tcp'],
  ports: [2181],
  firstBytes: [0, 0x72, 0x69],
  probe,
});
