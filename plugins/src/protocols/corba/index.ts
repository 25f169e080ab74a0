// CORBA: GIOP 1.0 to 1.3, multicast (MIOP) and compressed (ZIOP) messages (OMG). Owns: their headers.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';

const UDP = 17;
const MAGICS = ['GIOP', 'MIOP', 'ZIOP'].map(asciiBytes);
const MIOP = MAGICS[1]!;

/** Magic, version 1.0 to 1.4, flags, type; MIOP: 1.0 in one byte. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  for (let i = 0; i < MAGICS.length; i++) {
    const magic = MAGICS[i]!;
    if (end - start < 12) {
      if (p.transport !== UDP && mayBegin(bytes, start, end, magic)) return UNSURE;
    } else if (beginsWith(bytes, start, end, magic)) {
      if (magic === MIOP) return bytes[start + 4] === 0x10 ? MATCH : NOT_MINE;
      return bytes[start + 4] === 1 && bytes[start + 5]! <= 4 && bytes[start + 7]! <= 7 ? MATCH : NOT_MINE;
    }
  }
  return NOT_MINE;
}

export const corbaPlugin = defineProtocol('CORBA (GIOP)', {
  name: 'corba',
  transports: ['tcp', 'udp'],
  ports: [683, 684, 2809, 1050],
  firstBytes: [0x47, 0x4d, 0x5a],
  probe,
});
