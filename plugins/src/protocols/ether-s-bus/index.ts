// Ether-S-Bus of SAIA controllers (SAIA-Burgess 26/739). Owns: its header, exact length and check sum.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { crc16Ccitt } from '@kaipo/core/wire/crc16.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';

const PORT = 5050;

/** Length of the datagram, version, kind, sequence, telegram (request, response, acknowledgement); a check sum at the end. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 11 || u32(bytes, start) !== end - start) return NOT_MINE;
  if (bytes[start + 4]! > 1 || bytes[start + 5]! > 1 || bytes[start + 8]! > 2) return NOT_MINE;
  if (crc16Ccitt(bytes, start, end - 2, 0) !== u16(bytes, end - 2)) return NOT_MINE;
  // Away from the port a second one.
  if (hasPort(p, PORT) || p.memoA === 1) return MATCH;
  p.memoA = 1;
  return UNSURE;
}

export const etherSBusPlugin = defineProtocol('Ether-S-Bus (SAIA)', {
  name: 'ether-s-bus',
  transports: ['udp'],
  ports: [PORT],
  firstBytes: [0],
  datagram: {
    minBytes: 11,
    at: 4,
    values: [0, 1],
    and: [
      { at: 1, values: [0] },
      { at: 5, values: [0, 1] },
    ],
  },
  probe,
});
