// SAP: the network interface NI with DIAG (SAP GUI) and the SAP router in it. Owns: the length before every message, and the words
// and headers behind it. Bound: the first 16 bytes of a message. Published: pysap's description of NI, router and DIAG.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes } from '@kaipo/core/wire/match.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const LENGTH_BYTES = 4;
const MAX_BYTES = 0x1_0000;
const WORDS = ['NI_ROUTE\0', 'NI_RTERR\0', 'ROUTER_ADM\0', 'NI_PING\0', 'NI_PONG\0'].map(asciiBytes);
/** The dispatcher's header before the first DIAG message: request -1, result 10, zeros. */
const DISPATCHER = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0a, 0x00, 0x00, 0x00, 0x00, 0x00);
const DIAG_BYTES = 8;
/** DIAG of SAP compression: two methods, and the magic number of LZC and LZH. */
const LZC = 0x12;
const LZH = 0x10;
const COMPRESSED = 0x1f9d;

export const sapPlugin = defineProtocol('SAP GUI (DIAG) and SAP router', {
  name: 'sap-diag',
  transports: ['tcp'],
  ports: [3299, 3200, 3201, 3202, 3210],
  firstBytes: [0x00],
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== 0 || (end - start > 1 && bytes[start + 1] !== 0)) return NOT_MINE;
  if (end - start <= LENGTH_BYTES) return UNSURE;
  const length = u32(bytes, start);
  if (length < 8 || length > MAX_BYTES || length < end - start - LENGTH_BYTES) return NOT_MINE;
  const at = start + LENGTH_BYTES;
  let best: Verdict = agreesWith(bytes, at, end, DISPATCHER);
  for (const word of WORDS) best = Math.max(best, agreesWith(bytes, at, end, word)) as Verdict;
  if (best !== NOT_MINE) return best;
  return diagVerdict(p, length);
}

/** Mode, flags, four bytes of state, "compressed", then length, method and magic number of the compression. */
function diagVerdict(p: Probe, length: number): Verdict {
  const { bytes, start, end } = p;
  const at = start + LENGTH_BYTES + DIAG_BYTES;
  if (length < DIAG_BYTES + 8 || (end > at - 1 && bytes[at - 1] !== 1 && bytes[at - 1] !== 2)) return NOT_MINE;
  if (end < at + 7) return isPort(p.serverPort) || isPort(p.clientPort) ? UNSURE : NOT_MINE;
  const method = bytes[at + 4];
  return (method === LZC || method === LZH) && u16(bytes, at + 5) === COMPRESSED ? MATCH : NOT_MINE;
}

const isPort = (port: number): boolean => port >= 3_200 && port <= 3_299;
