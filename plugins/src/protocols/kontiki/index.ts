// Kontiki delivery manager over UDP: short messages with fixed bytes. Owns: the recognition. Source: observed messages.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';

const BEGIN = 2;

/** The length is fixed with each form, which has 32 or 40 fixed bits. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  // Either side begins like this.
  if (bytes[start] !== BEGIN || p.packets > 1 || (p.otherLength > 0 && p.otherBytes[0] !== BEGIN)) return NOT_MINE;
  switch (end - start) {
    case 4:
      return u32(bytes, start) === 0x02010100 ? MATCH : NOT_MINE;
    case 16:
      return u32(bytes, start + 12) === 0x000004e4 ? MATCH : NOT_MINE;
    case 20:
      return u32(bytes, start + 16) === 0x02040100 ? MATCH : NOT_MINE;
    default:
      return NOT_MINE;
  }
}

export const kontikiPlugin = defineProtocol('Kontiki delivery of videos', {
  name: 'kontiki',
  transports: ['udp'],
  ports: [1346, 1347],
  firstBytes: [BEGIN],
  application: 'Kontiki',
  probe,
});
