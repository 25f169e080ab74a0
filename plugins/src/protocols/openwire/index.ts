// OpenWire, the native protocol of Apache ActiveMQ. Owns: WireFormatInfo, what both sides begin with.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith, mayBegin } from '@kaipo/core/wire/match.js';

const WIRE_FORMAT_INFO = 1;
const MAGIC = asciiBytes('ActiveMQ');

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 5) return UNSURE;
  const length = u32(bytes, start);
  if (bytes[start + 4] !== WIRE_FORMAT_INFO || length < 13 || length > 65_536) return NOT_MINE;
  if (beginsWith(bytes, start + 5, end, MAGIC)) return MATCH;
  return mayBegin(bytes, start + 5, end, MAGIC) ? UNSURE : NOT_MINE;
}

export const openwirePlugin = defineProtocol('OpenWire (ActiveMQ)', {
  name: 'openwire',
  transports: ['tcp'],
  ports: [61_616],
  firstBytes: [0],
  probe,
});
