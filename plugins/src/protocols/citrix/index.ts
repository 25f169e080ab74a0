// Citrix ICA and its Common Gateway Protocol. Owns: the words both begin with. Bound: the first 64 bytes.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfBytes } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

/** What a server says until the client answers; older ones begin with 07 07. */
const ICA = asciiBytes('\x7f\x7fICA\0');
const OLD_ICA = asciiBytes('\x07\x07ICA\0');
const GATEWAY = asciiBytes('\x1aCGP/01');
const PROXY = asciiBytes('Citrix.TcpProxyService');

export const citrixPlugin = defineProtocol('Citrix ICA and Common Gateway Protocol', {
  name: 'citrix',
  transports: ['tcp'],
  ports: [1494, 2598],
  firstBytes: [0x7f, 0x07, 0x1a],
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const ica = Math.max(agreesWith(bytes, start, end, ICA), agreesWith(bytes, start, end, OLD_ICA));
  const best = Math.max(ica, agreesWith(bytes, start, end, GATEWAY)) as Verdict;
  if (best !== NOT_MINE) return best === MATCH ? MATCH : UNSURE;
  return indexOfBytes(bytes, start, Math.min(end, start + 64), PROXY) >= 0 ? MATCH : NOT_MINE;
}
