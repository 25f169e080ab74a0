// Gopher (RFC 1436). Owns: the lines of a menu on port 70. A selector alone is any line at all, so the server has to answer.
// Bound: the first line of a menu, 512 bytes.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, decimalOf, indexOfByte } from '@kaipo/core/wire/match.js';
import { isLineText, lineStop, lineTextEnd } from '@kaipo/core/wire/text-lines.js';

const MAX_LINE_BYTES = 512;
const TAB = 9;
const KINDS = asciiBytes('0123456789+TgIih:;sdM');

export const gopherPlugin = defineProtocol('Gopher menus', {
  name: 'gopher',
  transports: ['tcp'],
  ports: [70],
  isPortBound: true,
  firstBytes: [...KINDS],
  probe,
});

/** Kind and text, selector, host, port: three tabs, a number, the end of the line. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.fromClient || !KINDS.includes(bytes[start]!)) return NOT_MINE;
  const found = lineStop(bytes, start, Math.min(end, start + MAX_LINE_BYTES));
  const stop = found < 0 ? end : found;
  if (!isLineText(bytes, start, stop)) return NOT_MINE;
  if (found < 0) return end - start < MAX_LINE_BYTES ? UNSURE : NOT_MINE;
  const textEnd = lineTextEnd(bytes, start, stop);
  let tabs = 0;
  let portAt = textEnd;
  for (let at = start; at < textEnd; at++) {
    if (bytes[at] !== TAB) continue;
    tabs++;
    if (tabs === 3) portAt = at + 1;
  }
  if (tabs < 3) return NOT_MINE;
  // Gopher+ adds a fourth field.
  const portEnd = tabs === 3 ? textEnd : indexOfByte(bytes, portAt, textEnd, TAB);
  const port = decimalOf(bytes, portAt, portEnd);
  return port >= 0 && port < 65_536 ? MATCH : NOT_MINE;
}
