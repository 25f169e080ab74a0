// EtherS-I/O of SAIA: fast exchange with remote inputs and outputs. Owns: its letters and telegram types.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith } from '@kaipo/core/wire/match.js';

const MAGIC = asciiBytes('ESIO');

/** "ESIO", type (request, data, status), version 0. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 12 || !beginsWith(bytes, start, end, MAGIC)) return NOT_MINE;
  return bytes[start + 4] === 0 && bytes[start + 5]! <= 3 ? MATCH : NOT_MINE;
}

export const ethersioPlugin = defineProtocol('EtherS-I/O (SAIA)', {
  name: 'ethersio',
  transports: ['udp'],
  ports: [6060],
  firstBytes: [0x45],
  probe,
});
