// TeamSpeak 3 over UDP ("TS3INIT1"), its query console over TCP ("TS3"), and TeamSpeak 2. Owns: the recognition.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';

const TCP = 6;
const INIT = asciiBytes('TS3INIT1');
const QUERY = asciiBytes('TS3\n\rWelcome to the TeamSpeak');
/** TeamSpeak 2: class f4be, kinds of connection, f0be streams. */
const OLD_FIRST = 0xf4be_0100;
const OLD_LAST = 0xf4be_0400;
const MIN_OLD_BYTES = 20;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.transport === TCP && mayBegin(bytes, start, end, QUERY)) return end - start >= QUERY.length ? MATCH : UNSURE;
  if (beginsWith(bytes, start, end, INIT)) return MATCH;
  if (end - start < MIN_OLD_BYTES) return NOT_MINE;
  const word = u32(bytes, start);
  return word >= OLD_FIRST && word <= OLD_LAST && (word & 0xff) === 0 ? MATCH : NOT_MINE;
}

export const teamspeakPlugin = defineProtocol('TeamSpeak', {
  name: 'teamspeak',
  transports: ['udp', 'tcp'],
  ports: [9987, 10_011, 8767],
  firstBytes: [0x54, 0xf4],
  application: 'TeamSpeak',
  probe,
});
