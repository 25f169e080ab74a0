// Tank gauges of petrol stations: Veeder-Root TLS-350 commands (576013-635). Owns: a command and the beginning of an answer.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { isDigit } from '@kaipo/core/wire/match.js';

const START = 1;

/** SOH; I or S (ask, set), or i and s in computer format; a function of three digits or letters, a device of two digits. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== START) return NOT_MINE;
  // An answer repeats the command after a line end.
  let at = start + 1;
  while (at < end && at < start + 4 && (bytes[at] === 0x0d || bytes[at] === 0x0a)) at += 1;
  if (at >= end) return UNSURE;
  const kind = bytes[at]! & 0xdf;
  if (kind !== 0x49 && kind !== 0x53) return NOT_MINE;
  for (let i = 1; i <= 5; i++) {
    if (at + i >= end) return UNSURE;
    const byte = bytes[at + i]!;
    if (!isDigit(byte) && !(i <= 3 && byte >= 0x41 && byte <= 0x46)) return NOT_MINE;
  }
  return MATCH;
}

export const atgPlugin = defineProtocol('Tank gauges (Veeder-Root)', {
  name: 'atg',
  transports: ['tcp'],
  ports: [10_001],
  firstBytes: [START],
  probe,
});
