// iperf3: a cookie of 36 small letters and digits and a zero, on each TCP connection of a test; a greeting and its answer on UDP.
// Owns: both. Bound: one look at each side.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';

const UDP = 17;
const COOKIE_BYTES = 37;
const GREETING_BYTES = 4;
/** In the order of the sender's bytes: since 3.11 and before, little-endian and big-endian machines. */
const GREETINGS = [0x39383736, 0x36373839, 0x15cd5b07, 0x075bcd15];
const ANSWERS = [0x36373839, 0x39383736, 0xb168de3a, 0x3ade68b1];

export const iperf3Plugin = defineProtocol('iperf3: bandwidth tests', {
  name: 'iperf3',
  transports: ['tcp', 'udp'],
  ports: [5201],
  datagram: { minBytes: GREETING_BYTES, maxBytes: GREETING_BYTES },
  stream: { values: [...asciiBytes('234567abcdefghijklmnopqrstuvwxyz')] },
  application: 'iperf',
  probe,
});

function probe(p: Probe): Verdict {
  return p.transport === UDP ? greeting(p) : cookie(p);
}

/** RFC 4648 letters in lower case: a to z and 2 to 7. */
function cookie({ bytes, start, end }: Probe): Verdict {
  const stop = Math.min(end, start + COOKIE_BYTES - 1);
  let digits = 0;
  for (let at = start; at < stop; at++) {
    const byte = bytes[at]!;
    const isDigit = byte >= 0x32 && byte <= 0x37;
    if (!isDigit && (byte < 0x61 || byte > 0x7a)) return NOT_MINE;
    if (isDigit) digits += 1;
  }
  if (end - start < COOKIE_BYTES) return UNSURE;
  return digits > 0 && bytes[stop] === 0 ? MATCH : NOT_MINE;
}

/** Four bytes alone could be anybody's: the other side has to answer with theirs. */
function greeting({ bytes, start, end, otherBytes, otherLength }: Probe): Verdict {
  if (end - start !== GREETING_BYTES) return NOT_MINE;
  const word = u32(bytes, start);
  if (otherLength === 0) return GREETINGS.includes(word) ? UNSURE : NOT_MINE;
  const kind = ANSWERS.indexOf(word);
  return kind >= 0 && otherLength === GREETING_BYTES && u32(otherBytes, 0) === GREETINGS[kind] ? MATCH : NOT_MINE;
}
