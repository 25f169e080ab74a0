// H.323 calls: H.225 call signalling in Q.931 over TPKT (TCP 1720), and registration (RAS, UDP 1719). Owns: the recognition.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, indexOfBytes } from '@kaipo/core/wire/match.js';

const TCP = 6;
/** Q.931 table 4-2: alerting, call proceeding, setup, connect, setup ack, connect ack, release complete, facility, notify, information, status, progress … */
const MESSAGES = new Set([1, 2, 3, 5, 7, 0x0d, 0x0f, 0x45, 0x4d, 0x5a, 0x62, 0x6e, 0x72, 0x75, 0x7b, 0x7d]);
/** protocolIdentifier of H.225.0 version n: {itu-t recommendation h 2250 version n}. */
const H225 = asciiBytes('\x06\x00\x08\x91\x4a\x00');
const RAS_HEAD_BYTES = 24;
const MAX_MESSAGE = 8192;

function probe(p: Probe): Verdict {
  return p.transport === TCP ? probeSignalling(p) : probeRas(p);
}

/** TPKT: 3, 0, length. Q.931: discriminator 8, call reference of two bytes, a message, the user-to-user element of H.225. */
function probeSignalling(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== 3) return NOT_MINE;
  if (end - start < 9) return end - start < 2 || bytes[start + 1] === 0 ? UNSURE : NOT_MINE;
  const length = u16(bytes, start + 2);
  if (bytes[start + 1] !== 0 || length < 9 || bytes[start + 4] !== 8 || bytes[start + 5] !== 2) return NOT_MINE;
  if (!MESSAGES.has(bytes[start + 8]!)) return NOT_MINE;
  // The message ends here, or another one begins behind it.
  const stop = start + length;
  if (stop === end) return MATCH;
  if (stop > end) return length < MAX_MESSAGE ? UNSURE : NOT_MINE;
  return bytes[stop] === 3 && (stop + 1 === end || bytes[stop + 1] === 0) ? MATCH : NOT_MINE;
}

/** Requests and confirmations of discovery and registration name the version of H.225 near their beginning. */
function probeRas(p: Probe): Verdict {
  const stop = Math.min(p.end, p.start + RAS_HEAD_BYTES);
  return indexOfBytes(p.bytes, p.start, stop, H225) > 0 ? MATCH : NOT_MINE;
}

export const h323Plugin = defineProtocol('Calls by H.323: signalling and registration', {
  name: 'h323',
  transports: ['tcp', 'udp'],
  ports: [1720, 1719, 1718],
  firstBytes: Array.from({ length: 64 }, (_, i) => i),
  probe,
});
