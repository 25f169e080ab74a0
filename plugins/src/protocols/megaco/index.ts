// Megaco, H.248 (RFC 3525) in its text form: "MEGACO/1 [10.0.0.1]:2944", short "!/1 [10.0.0.1]". Owns: the recognition.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWithWord, isDigit } from '@kaipo/core/wire/match.js';

const LONG = asciiBytes('megaco/');
const SHORT = asciiBytes('!/');

/** The word, a version of one digit, a space, and a name in brackets: 48 bits in the short form. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  let at = start;
  if (beginsWithWord(bytes, start, end, LONG)) at += LONG.length;
  else if (beginsWithWord(bytes, start, end, SHORT)) at += SHORT.length;
  else return NOT_MINE;
  if (at + 6 > end || !isDigit(bytes[at]) || bytes[at + 1] !== 0x20) return NOT_MINE;
  const open = bytes[at + 2]!;
  return (open === 0x5b || open === 0x3c) && isNameByte(bytes[at + 3]!) && isNameByte(bytes[at + 4]!)
    ? MATCH
    : NOT_MINE;
}

const isNameByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x3a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2e;

export const megacoPlugin = defineProtocol('Commands of controllers to media gateways (Megaco, H.248)', {
  name: 'megaco',
  transports: ['udp', 'tcp', 'sctp'],
  ports: [2944, 2945],
  firstBytes: [0x21, 0x4d, 0x6d],
  probe,
});
