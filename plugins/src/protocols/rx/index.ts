// Rx, the calls of the Andrew File System. Owns: its header of 28 bytes; two datagrams of one connection have to agree.
// Epoch, connection, call, sequence, serial, type, flags, status, security, checksum, service; big endian. Bound: two datagrams.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';

const HEADER_BYTES = 28;
const TYPE_AT = 20;
const LAST_TYPE = 13;
const LAST_SECURITY = 4;
/** Client, ack wanted, last, more packets, slow start: the highest two are not in use. */
const UNUSED_FLAGS = 0xc0;
const MAX_COUNTER = 0x100_0000;
const MAX_SERVICE = 10_000;

export const rxPlugin = defineProtocol('Rx, the calls of AFS', {
  name: 'rx',
  transports: ['udp'],
  ports: [7000, 7001, 7002, 7003, 7004, 7005, 7006, 7007, 7008, 7009, 7021],
  datagram: { minBytes: HEADER_BYTES, at: TYPE_AT, values: Array.from({ length: LAST_TYPE }, (_, i) => i + 1) },
  probe,
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < HEADER_BYTES) return NOT_MINE;
  const type = bytes[start + TYPE_AT]!;
  if (type === 0 || type > LAST_TYPE || (bytes[start + TYPE_AT + 1]! & UNUSED_FLAGS) !== 0) return NOT_MINE;
  if (bytes[start + TYPE_AT + 3]! > LAST_SECURITY) return NOT_MINE;
  const service = u16(bytes, start + 26);
  const epoch = u32(bytes, start);
  const serial = u32(bytes, start + 16);
  if (service === 0 || service > MAX_SERVICE || epoch === 0 || serial > MAX_COUNTER) return NOT_MINE;
  if (u32(bytes, start + 8) > MAX_COUNTER || u32(bytes, start + 12) > MAX_COUNTER) return NOT_MINE;
  const connection = u32(bytes, start + 4);
  if (p.memoA === 0) {
    p.memoA = epoch;
    p.memoB = connection;
    return UNSURE;
  }
  // The lowest two bits of a connection are the channel: they may differ.
  return p.memoA === epoch && p.memoB >>> 2 === connection >>> 2 ? MATCH : NOT_MINE;
}
