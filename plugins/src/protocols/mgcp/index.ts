// MGCP (RFC 3435): a call agent commands gateways. Owns: the recognition of commands, and where media will be.
// Bound: MAX_DATAGRAMS.
import {
  DONE,
  defineProtocol,
  expectMedia,
  type FlowReader,
  MATCH,
  NOT_MINE,
  type Probe,
  type ProtocolFlow,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfByte, indexOfBytes, isText } from '@kaipo/core/wire/match.js';

const VERBS = 'EPCF CRCX MDCX DLCX RQNT NTFY AUEP AUCX RSIP MESG'.split(' ').map(asciiBytes);
const VERSION = asciiBytes(' MGCP 1.');
const MAX_LINE_BYTES = 256;
/** An agent commands many gateways' calls in one flow; those of the first of them are followed. */
const MAX_DATAGRAMS = 1000;
const SDP = asciiBytes('\nv=0');

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

/** RFC 3435 section 3.2.3: session descriptions stand behind an empty line, of commands and of answers. */
function mediaReader(flow: ProtocolFlow): FlowReader {
  let datagrams = 0;
  return {
    read(bytes, start, end) {
      const at = indexOfBytes(bytes, start, end, SDP);
      if (at >= 0) expectMedia(flow, bytes, at + 1, end);
      return ++datagrams === MAX_DATAGRAMS ? DONE : 0;
    },
  };
}

export const mgcpPlugin = defineProtocol('Commands of call agents to telephone gateways (MGCP)', {
  name: 'mgcp',
  transports: ['udp'],
  ports: [2427, 2727],
  firstBytes: [...asciiBytes('ACDEMNRacdemnr')],
  probe,
  open: mediaReader,
});
