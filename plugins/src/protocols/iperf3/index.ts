// iperf3: a cookie of 36 small letters and digits and a zero, on each connection of a test.
// Owns: the cookie. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';

const COOKIE_BYTES = 37;

export const iperf3Plugin = defineProtocol('iperf3: bandwidth tests', {
  name: 'iperf3',
  transports: ['tcp'],
  ports: [5201],
  isPortBound: true,
  application: 'iperf',
  probe,
});

/** RFC 4648 letters in lower case: a to z and 2 to 7. */
function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start < COOKIE_BYTES || bytes[start + COOKIE_BYTES - 1] !== 0) return NOT_MINE;
  let digits = 0;
  for (let at = start; at < start + COOKIE_BYTES - 1; at++) {
    const byte = bytes[at]!;
    const isDigit = byte >= 0x32 && byte <= 0x37;
    if (!isDigit && (byte < 0x61 || byte > 0x7a)) return NOT_MINE;
    if (isDigit) digits += 1;
  }
  return digits > 0 ? MATCH : NOT_MINE;
}
