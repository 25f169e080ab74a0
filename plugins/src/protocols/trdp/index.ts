// TRDP, data of trains (IEC 61375-2-3). Owns: the headers of process and message data.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const UDP = 17;
const PROCESS_HEADER = 40;
const MESSAGE_HEADER = 116;
const P = 0x50;
const M = 0x4d;

/** Sequence, version 1.x, type of two letters, id, topology counters, length of the data, padded to four. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < PROCESS_HEADER)
    return p.transport !== UDP && (end - start < 8 || (bytes[start + 4] === 1 && isType(bytes, start + 6)))
      ? UNSURE
      : NOT_MINE;
  if (bytes[start + 4] !== 1 || !isType(bytes, start + 6)) return NOT_MINE;
  const length = u32(bytes, start + 20);
  const header = bytes[start + 6] === P ? PROCESS_HEADER : MESSAGE_HEADER;
  if (length > 65_388) return NOT_MINE;
  const whole = header + Math.ceil(length / 4) * 4;
  if (end - start === whole || end - start === header + length) return MATCH;
  // Over TCP there is message data only.
  return p.transport !== UDP && u16(bytes, start + 4) === 0x100 && bytes[start + 6] === M ? MATCH : NOT_MINE;
}

/** Process: d, r, p, e. Message: n, r, p, q, c, e. */
function isType(bytes: Uint8Array, at: number): boolean {
  const second = bytes[at + 1];
  if (bytes[at] === P) return second === 0x64 || second === 0x72 || second === 0x70 || second === 0x65;
  return (
    bytes[at] === M &&
    (second === 0x6e || second === 0x72 || second === 0x70 || second === 0x71 || second === 0x63 || second === 0x65)
  );
}

export const trdpPlugin = defineProtocol('TRDP (trains)', {
  name: 'trdp',
  transports: ['udp', 'tcp'],
  ports: [17_224, 17_225],
  datagram: { minBytes: PROCESS_HEADER, at: 4, values: [1] },
  stream: { at: 4, values: [1], fromBytes: 8 },
  probe,
});
