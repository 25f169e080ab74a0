// Gearman (gearman.org/protocol). Owns: the binary header of requests and answers.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

const REQUEST = 0x00524551;
const ANSWER = 0x00524553;
const MAX_TYPE = 42;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 12)
    return end - start < 4 || u32(bytes, start) === REQUEST || u32(bytes, start) === ANSWER ? UNSURE : NOT_MINE;
  const magic = u32(bytes, start);
  const type = u32(bytes, start + 4);
  return (magic === REQUEST || magic === ANSWER) && type >= 1 && type <= MAX_TYPE ? MATCH : NOT_MINE;
}

export const gearmanPlugin = defineProtocol('Gearman', {
  name: 'gearman',
  transports: ['tcp'],
  ports: [4730],
  firstBytes: [0],
  probe,
});
