// Games of Epic open a connection with a packet of the Unreal engine's handshake: 1A 20, a checksum, 04, then zeros.
// Owns: that packet. Bound: one look.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';

const TYPE_AT = 1;
const CONSTANT_AT = 9;
const ZEROS_AT = 10;
const ZEROS_END = 36;

export const epicgamesPlugin = defineProtocol('Epic Games: Fortnite and other games of the Unreal engine', {
  name: 'epicgames',
  transports: ['udp'],
  ports: [9000, 9011, 15000, 15011],
  datagram: { minBytes: 40, maxBytes: 80, at: TYPE_AT, values: [0x1a] },
  application: 'Epic Games',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start < 40 || end - start > 80 || u16(bytes, start + TYPE_AT) !== 0x1a20 || bytes[start + 3]! > 0x20)
    return NOT_MINE;
  if (bytes[start + CONSTANT_AT] !== 4 || u16(bytes, start + 5) === 0) return NOT_MINE;
  for (let at = start + ZEROS_AT; at < start + ZEROS_END; at++) if (bytes[at] !== 0) return NOT_MINE;
  return bytes[end - 1] !== 0 ? MATCH : NOT_MINE;
}
