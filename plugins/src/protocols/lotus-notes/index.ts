// Lotus Notes and Domino (NRPC, no published specification). Owns: the eight bytes every session begins with, from the seventh on.
// Bound: 16 bytes.
import { defineProtocol, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { agreesWith } from '@kaipo/core/wire/text-lines.js';

const MAGIC = Uint8Array.of(0x00, 0x00, 0x02, 0x00, 0x00, 0x40, 0x02, 0x0f);
const MAGIC_AT = 6;

export const lotusNotesPlugin = defineProtocol('Lotus Notes and Domino (NRPC)', {
  name: 'lotus-notes',
  transports: ['tcp'],
  ports: [1352],
  stream: { at: MAGIC_AT, values: [MAGIC[0]!] },
  probe,
});

function probe(p: Probe): Verdict {
  if (p.end - p.start <= MAGIC_AT) return p.clientPort === 1352 || p.serverPort === 1352 ? UNSURE : NOT_MINE;
  return agreesWith(p.bytes, p.start + MAGIC_AT, p.end, MAGIC);
}
