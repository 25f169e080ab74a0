// Microsoft SQL Server and Sybase: Tabular Data Stream ([MS-TDS]). Owns: how packets begin and follow each other. Bound: `tds-reader.ts`.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';
import {
  isTdsLogin7,
  isTdsPrelogin,
  TDS_LOGIN,
  TDS_LOGIN7,
  TDS_PRELOGIN,
  TDS_RESULT,
  tdsLength,
} from '@kaipo/core/wire/tds.js';
import { TdsReader } from './tds-reader.js';

/** The smallest size of packets there is. */
const LEAST_FULL = 512;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const chain = followChain(bytes, start, end, tdsLength);
  if (chain === BROKEN) return NOT_MINE;
  if (end - start < 8) return UNSURE;
  // The id of a session is small, packets are counted from 1 (0 in PRELOGIN of some clients).
  if (bytes[start + 6]! > 1 || u16(bytes, start + 4) > 0x3fff) return NOT_MINE;
  const length = u16(bytes, start + 2);
  if (end - start > 0 && end - start < 16 && length >= 16) return UNSURE;
  switch (bytes[start]) {
    case TDS_PRELOGIN:
      return isTdsPrelogin(bytes, start + 8) ? MATCH : NOT_MINE;
    case TDS_LOGIN7:
      return isTdsLogin7(bytes, start + 8, length - 8) ? MATCH : NOT_MINE;
    case TDS_LOGIN:
      return length === 512 && endsExactly(chain) ? MATCH : length === 512 ? UNSURE : NOT_MINE;
    case TDS_RESULT:
      if (length >= 16 && isTdsPrelogin(bytes, start + 8)) return MATCH;
  }
  // In the middle: packet 1 of a message, whole, or a full packet and the next one.
  if (bytes[start + 6] !== 1) return NOT_MINE;
  if (endsExactly(chain) && (bytes[start + 1]! & 1) === 1 && isMiddle(p)) return MATCH;
  return wholeMessages(chain) < 2 ? UNSURE : isNext(p, start + length) ? MATCH : NOT_MINE;
}

/** Packets that follow each other are of one kind; those of one message are full, but for the last, and numbered. */
function isNext(p: Probe, next: number): boolean {
  const { bytes, start } = p;
  if (bytes[next] !== bytes[start]) return false;
  const isLast = (bytes[start + 1]! & 1) === 1;
  return isLast ? bytes[next + 6] === 1 : bytes[next + 6] === 2 && next - start >= LEAST_FULL;
}

/** Requests carry ALL_HEADERS (their total length first), answers begin with a token above 0x78. */
function isMiddle(p: Probe): boolean {
  const { bytes, start } = p;
  const first = bytes[start + 8]!;
  if (bytes[start] === TDS_RESULT)
    return (
      (first === 0x81 ||
        first === 0xaa ||
        first === 0xab ||
        first === 0xad ||
        first === 0xe3 ||
        first >= 0xfd ||
        first === 0x79) &&
      isDone(p)
    );
  return (
    (bytes[start] === 1 || bytes[start] === 3) && first === 22 && bytes[start + 9] === 0 && bytes[start + 12] === 18
  );
}

/** The last token of an answer is DONE, of 13 bytes, before version 7.2 of 9. */
const isDone = (p: Probe): boolean =>
  p.end - p.start >= 17 && (p.bytes[p.end - 9]! >= 0xfd || (p.end - p.start >= 21 && p.bytes[p.end - 13]! >= 0xfd));

export const tdsPlugin = defineProtocol('Microsoft SQL Server and Sybase (TDS)', {
  name: 'tds',
  transports: ['tcp'],
  ports: [1433, 1434, 2638, 4100, 5000],
  firstBytes: [1, 2, 3, 4, 0x10, 0x12],
  probe,
  open: (flow) => new TdsReader(flow),
});
