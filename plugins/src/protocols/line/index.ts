// LINE calls over UDP: messages to the relay that begin with b6, a kind and a length. Owns: the recognition. Source: observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';

const MARK = 0xb6;
const HEAD_BYTES = 4;

/** Mark, one of a few kinds, and what follows is as long as is said; from packets of two kinds. */
function probe(p: Probe): Verdict {
  const { bytes, start } = p;
  const there = p.end - start;
  if (there < HEAD_BYTES + 4 || bytes[start] !== MARK) return NOT_MINE;
  const kind = bytes[start + 1]!;
  const length = u16(bytes, start + 2);
  const isExact = length + HEAD_BYTES === there && (kind === 0x07 || kind === 0x09 || kind === 0x18);
  const isAnswer = kind === 0x13 && length === 6 && there === 46;
  if (!isExact && !isAnswer) return NOT_MINE;
  if (p.memoA !== 0 && p.memoA !== kind) return MATCH;
  p.memoA = kind;
  return UNSURE;
}

export const linePlugin = defineProtocol('LINE calls', {
  name: 'line',
  transports: ['udp'],
  firstBytes: [MARK],
  application: 'LINE',
  probe,
});
