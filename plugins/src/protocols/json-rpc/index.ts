// JSON-RPC 2.0 without HTTP around it: one object a line, or with the header of language servers. Owns: what the beginning must have
// in it. Mining pools speak JSON-RPC too and are not meant here. Bound: the first LOOKED_AT bytes.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWithWord, indexOfBytes, isText } from '@kaipo/core/wire/match.js';

const LOOKED_AT = 512;
const MEMBER = asciiBytes('"jsonrpc"');
const LENGTH = asciiBytes('content-length: ');
const MINING = [
  '"mining.',
  '"eth_',
  '"login"',
  '"submit"',
  '"job"',
  '"getblocktemplate"',
  '"getwork"',
  '"keepalived"',
].map(asciiBytes);
const BRACE = 0x7b;
const BRACKET = 0x5b;

export const jsonRpcPlugin = defineProtocol('JSON-RPC 2.0 over plain TCP or UDP, and language servers', {
  name: 'json-rpc',
  transports: ['tcp', 'udp'],
  firstBytes: [BRACE, BRACKET, 0x43, 0x63],
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  const end = Math.min(p.end, start + LOOKED_AT);
  const isObject = bytes[start] === BRACE || bytes[start] === BRACKET;
  if (!isObject && !beginsWithWord(bytes, start, end, LENGTH)) return NOT_MINE;
  if (!isText(bytes, start, Math.min(end, start + 64))) return NOT_MINE;
  const member = indexOfBytes(bytes, start, end, MEMBER);
  if (member < 0) return p.end - start < LOOKED_AT && p.transport === 6 && p.packets < 3 ? UNSURE : NOT_MINE;
  for (let i = 0; i < MINING.length; i++) if (indexOfBytes(bytes, start, end, MINING[i]!) >= 0) return NOT_MINE;
  if (isVersionTwo(bytes, member + MEMBER.length, end)) return MATCH;
  return end - member < MEMBER.length + 8 && p.transport === 6 ? UNSURE : NOT_MINE;
}

/** ':"2.0"' or ':"1.0"' with blanks anywhere between. */
function isVersionTwo(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x3a)) at++;
  return at + 1 < end && bytes[at] === 0x22 && (bytes[at + 1] === 0x32 || bytes[at + 1] === 0x31);
}
