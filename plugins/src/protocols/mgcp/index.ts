// MGCP (RFC 3435): a call agent commands gateways. Owns: the recognition of commands and of answers to them.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfByte, indexOfBytes, isText } from '@kaipo/core/wire/match.js';

const VERBS = 'EPCF CRCX MDCX DLCX RQNT NTFY AUEP AUCX RSIP MESG'.split(' ').map(asciiBytes);
const VERSION = asciiBytes(' MGCP 1.');
const MAX_LINE_BYTES = 256;

/** Verb, transaction, endpoint, " MGCP 1." in one line: 96 bits. An answer alone ("200 1203 OK") says too little. */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  const stop = Math.min(p.end, start + MAX_LINE_BYTES);
  if (stop - start < 16 || bytes[start + 4] !== 0x20 || !VERBS.some((verb) => isVerb(bytes, start, verb)))
    return NOT_MINE;
  const found = indexOfByte(bytes, start, stop, 10);
  const lineEnd = found < 0 ? stop : found;
  return isText(bytes, start, lineEnd) && indexOfBytes(bytes, start, lineEnd, VERSION) > 0 ? MATCH : NOT_MINE;
}

function isVerb(bytes: Uint8Array, start: number, verb: Uint8Array): boolean {
  for (let i = 0; i < 4; i++) if ((bytes[start + i]! & ~0x20) !== verb[i]) return false;
  return true;
}

export const mgcpPlugin = defineProtocol('Commands of call agents to telephone gateways (MGCP)', {
  name: 'mgcp',
  transports: ['udp'],
  ports: [2427, 2727],
  firstBytes: [...asciiBytes('ACDEMNRacdemnr')],
  probe,
});
