// Mining pools speak JSON lines: mining.subscribe, eth_submitLogin, a login with an agent.
// Owns: these words. Bound: the first 512 bytes of a side.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfBytes } from '@kaipo/core/wire/match.js';

const MAX_LOOK_BYTES = 512;
const METHOD = asciiBytes('"method"');
const WORDS = ['"mining.', '"eth_submitLogin', '"eth_getWork', '"eth_login', '"eth_submitHashrate', '"etherproxy_'].map(
  asciiBytes,
);
const LOGIN = asciiBytes('"login"');
const AGENT = asciiBytes('"agent"');
const ALGORITHMS = ['"algo"', '"job_id"', '"seed_hash"'].map(asciiBytes);

export const stratumPlugin = defineProtocol('Coin mining: Stratum, Ethereum and Monero pools', {
  name: 'stratum',
  transports: ['tcp'],
  ports: [3333, 4444, 5555, 7777, 9999, 14444, 14433],
  firstBytes: [0x7b],
  application: 'Mining',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  const stop = Math.min(end, start + MAX_LOOK_BYTES);
  const has = (word: Uint8Array): boolean => indexOfBytes(bytes, start, stop, word) >= 0;
  if (has(METHOD)) {
    for (const word of WORDS) if (has(word)) return MATCH;
    if (has(LOGIN) && has(AGENT)) return MATCH;
  }
  let jobs = 0;
  for (const word of ALGORITHMS) if (has(word)) jobs += 1;
  if (jobs >= 2) return MATCH;
  return bytes[start + 1] === 0x22 && end - start < MAX_LOOK_BYTES ? UNSURE : NOT_MINE;
}
