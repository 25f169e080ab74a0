// Alcatel-Lucent New Office Environment: telephones of OmniPCX over UDP. Owns: the recognition. Source: observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { isText } from '@kaipo/core/wire/match.js';

const HELLO = 0x0006626c;
const MIN_HELLO_BYTES = 25;

/** The hello has 32 fixed bits. Data messages, 07 00 nn 00 of 5 or 12 bytes, are sure from both sides only. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const length = end - start;
  // What follows is no text: a text of six letters might begin with the same two.
  if (length >= MIN_HELLO_BYTES)
    return u32(bytes, start) === HELLO && !isText(bytes, start + 4, start + 8) ? MATCH : NOT_MINE;
  if (length !== 5 && length !== 12) return NOT_MINE;
  if (bytes[start] !== 7 || bytes[start + 1] !== 0 || bytes[start + 2] === 0 || bytes[start + 3] !== 0) return NOT_MINE;
  const side = p.fromClient ? 1 : 2;
  p.memoA |= side;
  return p.memoA === 3 ? MATCH : UNSURE;
}

export const noePlugin = defineProtocol('Alcatel telephones (NOE)', {
  name: 'noe',
  transports: ['udp'],
  ports: [32_512, 32_640],
  firstBytes: [0, 7],
  probe,
});
