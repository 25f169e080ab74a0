// Hazelcast: clients (open binary protocol 2) and members. Owns: the three letters each connection begins with, and the first frame.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16le, u32le } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';

const CLIENT = asciiBytes('CP2');
const MEMBER = asciiBytes('HZC');
const WHOLE_FRAGMENT = 0xc000;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 3)
    return mayBegin(bytes, start, end, CLIENT) || mayBegin(bytes, start, end, MEMBER) ? UNSURE : NOT_MINE;
  if (beginsWith(bytes, start, end, MEMBER)) return beginsWith(p.otherBytes, 0, p.otherLength, MEMBER) ? MATCH : UNSURE;
  if (!beginsWith(bytes, start, end, CLIENT) || !p.fromClient) return NOT_MINE;
  // The first frame: length with itself, flags that say it is a message of one fragment.
  if (end - start < 9) return UNSURE;
  return u32le(bytes, start + 3) >= 6 &&
    u32le(bytes, start + 3) < 65_536 &&
    (u16le(bytes, start + 7) & WHOLE_FRAGMENT) === WHOLE_FRAGMENT
    ? MATCH
    : NOT_MINE;
}

export const hazelcastPlugin = defineProtocol('Hazelcast', {
  name: 'hazelcast',
  transports: ['tcp'],
  ports: [5701, 5702, 5703],
  firstBytes: [0x43, 0x48],
  probe,
});
