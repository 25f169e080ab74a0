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
const ENOUGH = 4;
const STEP = 1000;

/** Sixteen bytes that begin with a number of four decimal digits, which the other side repeats, and which then grows by one. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start !== LENGTH) return NOT_MINE;
  let number = 0;
  for (let at = start; at < start + 4; at++) {
    if (bytes[at]! > 9) return NOT_MINE;
    number = number * 10 + bytes[at]!;
  }
  // memoA: the last number and one; memoB: datagrams so far, and STEP for every time the next number came.
  const last = p.memoA - 1;
  if (p.memoA !== 0 && number !== last && number !== last + 1) return NOT_MINE;
  p.memoB += p.memoA !== 0 && number === last + 1 ? STEP + 1 : 1;
  p.memoA = number + 1;
  return p.memoB >= STEP && p.memoB % STEP >= ENOUGH ? MATCH : UNSURE;
}
