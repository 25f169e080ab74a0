// PPStream and its successor iQIYI: peer-to-peer video over UDP. Owns: the recognition of both. Source: observed messages.
import {
  definePlugin,
  defineProtocol,
  MATCH,
  NOT_MINE,
  type PortsConfig,
  type Probe,
  type ProtocolSpec,
  UNSURE,
  type Verdict,
} from '@kaipo/core/api/index.js';
import { u16, u16le } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';
import { asciiBytes, indexOfBytes } from '@kaipo/core/wire/match.js';

const NAME = asciiBytes('PPStream');
const MIN_BYTES = 21;
const MIN_NAMED_BYTES = 100;
const MAX_NAMED_BYTES = 300;

/** Little-endian length (of all, or of all but 4 or 6), kind 43, 44 or 55, and zeros where each kind has them. */
function probeOld(p: Probe): Verdict {
  const { bytes, start } = p;
  const there = p.end - start;
  if (there < MIN_BYTES) return NOT_MINE;
  const length = u16le(bytes, start);
  if (length !== there && length !== there - 4 && length !== there - 6) return NOT_MINE;
  switch (bytes[start + 2]) {
    case 0x43:
      return bytes[start + 5] === 0xff && u16(bytes, start + 6) === 1 && isAll(bytes, start + 8, start + 15, 0)
        ? MATCH
        : NOT_MINE;
    case 0x44:
      return isPeerMessage(p) ? MATCH : NOT_MINE;
    case 0x55: {
      const isTail = isAll(bytes, start + 15, start + 21, 0);
      return isTail && (u16(bytes, start + 13) === 0x1ba0 || isAll(bytes, start + 5, start + 9, 0)) ? MATCH : NOT_MINE;
    }
    default:
      return NOT_MINE;
  }
}

function isPeerMessage(p: Probe): boolean {
  const { bytes, start, end } = p;
  switch (u16(bytes, start + 3)) {
    case 0xb171:
      return u16(bytes, start + 13) === 0 && u16(bytes, start + 15) === 0x0100;
    case 0x7317:
      return isAll(bytes, start + 5, start + 9, 0) && isAll(bytes, start + 14, start + 21, 0);
    case 0x7471:
      return indexOfBytes(bytes, start, Math.min(end, start + MAX_NAMED_BYTES), NAME) > 0;
    default:
      return false;
  }
}

/** iQIYI: two bytes of check sum, the length of all, kind 44 or 55; named in the question, alike in the answer. */
function probeNew(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const there = end - start;
  if (there < MIN_NAMED_BYTES || there > MAX_NAMED_BYTES) return NOT_MINE;
  if (u16le(bytes, start + 2) === there && isAnswerKind(p)) {
    p.memoA += 1;
    if (p.memoA >= 2) return MATCH;
    return indexOfBytes(bytes, start, end, NAME) > 0 ? MATCH : UNSURE;
  }
  return indexOfBytes(bytes, start, end, NAME) > 0 ? MATCH : NOT_MINE;
}

/** 7471 and 7517 are a question and an answer; the eight bytes from 7 on come back in the answer. */
const isAnswerKind = (p: Probe): boolean => {
  const kind = p.bytes[p.start + 4];
  const inner = u16(p.bytes, p.start + 5);
  return (kind === 0x44 && inner === 0x7471) || (kind === 0x55 && inner === 0x7517);
};

const PPSTREAM: ProtocolSpec = {
  name: 'ppstream',
  transports: ['udp'],
  ports: [17_788],
  isPortBound: true,
  application: 'PPStream',
  probe: probeOld,
};
const IQIYI: ProtocolSpec = {
  name: 'iqiyi',
  transports: ['udp'],
  ports: [16_600],
  datagram: { minBytes: MIN_NAMED_BYTES, maxBytes: MAX_NAMED_BYTES },
  application: 'iQIYI',
  probe: probeNew,
};
const SHAPE = defineProtocol('PPStream and iQIYI video between peers', PPSTREAM);

export const ppstreamPlugin = definePlugin<PortsConfig>({
  ...SHAPE,
  register(registry, config) {
    SHAPE.register(registry, config);
    registry.protocol(IQIYI);
  },
});
