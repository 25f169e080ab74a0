// Zattoo's own transport of its older players, over TCP and over UDP 5003. Owns: the recognition. Source: observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const TCP = 6;
const PORT = 5003;
const MIN_BYTES = 21;
const HELLO = 0x03040004;
const START = 0x03010005;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < MIN_BYTES) return NOT_MINE;
  if (p.transport === TCP) return u32(bytes, start) === HELLO && u16(bytes, start + 4) === 0x0a00 ? MATCH : NOT_MINE;
  if (p.clientPort !== PORT && p.serverPort !== PORT) return NOT_MINE;
  const word = u32(bytes, start);
  const kind = word >>> 16;
  if (word !== HELLO && word !== START && kind !== 0x037a && kind !== 0x0378 && kind !== 0x0305) return NOT_MINE;
  p.memoA += 1;
  return p.memoA >= 3 || (p.memoA === 2 && (word === HELLO || word === START)) ? MATCH : UNSURE;
}

export const zattooPlugin = defineProtocol('Zattoo television', {
  name: 'zattoo',
  transports: ['tcp', 'udp'],
  ports: [PORT],
  firstBytes: [3],
  application: 'Zattoo',
  probe,
});
