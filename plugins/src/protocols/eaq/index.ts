// Brazil's broadband quality measurements (EAQ). Owns: what such flows look like. Bound: looks at four datagrams, keeps two numbers.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';

export const eaqPlugin = defineProtocol('Measurements of broadband quality (EAQ)', {
  name: 'eaq',
  transports: ['udp'],
  ports: [6000],
  isPortBound: true,
  probe,
});

const LENGTH = 16;
const PROVEN = 4;

/** Sixteen bytes that begin with a number of four decimal digits, which grows by one from datagram to datagram. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start !== LENGTH) return NOT_MINE;
  let number = 0;
  for (let at = start; at < start + 4; at++) {
    if (bytes[at]! > 9) return NOT_MINE;
    number = number * 10 + bytes[at]!;
  }
  // memoA: the last number and one; memoB: how often the next one has come.
  const last = p.memoA - 1;
  if (p.memoA !== 0 && number !== last && number !== last + 1) return NOT_MINE;
  if (p.memoA !== 0 && number === last + 1) p.memoB += 1;
  p.memoA = number + 1;
  return p.memoB >= PROVEN ? MATCH : UNSURE;
}
