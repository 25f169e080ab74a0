// Aerospike wire protocol: info and record messages. Owns: the 8-byte header and what has to follow.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { isAll } from '@kaipo/core/wire/exact.js';
import { isText } from '@kaipo/core/wire/match.js';

const INFO = 1;
const ADMIN = 2;
const MESSAGE = 3;
const MESSAGE_HEADER_LEN = 22;
const HEADER_LEN = 8;
const MAX_FIELDS = 64;
/** Records are at most 8 MiB, a batch of them a few times as much. */
const MAX_MESSAGE = 33_554_432;

/** Version 2, type, six bytes of length. */
function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] !== 2) return NOT_MINE;
  if (end - start < 9) return end - start < 3 || bytes[start + 2] === 0 ? UNSURE : NOT_MINE;
  const type = bytes[start + 1];
  const length = u32(bytes, start + 4);
  if (u16(bytes, start + 2) !== 0 || length === 0 || length > 134_217_728) return NOT_MINE;
  if (type === INFO)
    return end - start > length + 8
      ? NOT_MINE
      : isText(bytes, start + 8, end)
        ? end - start === length + 8 && bytes[end - 1] === 0x0a
          ? MATCH
          : UNSURE
        : NOT_MINE;
  // Scheme 0, result, command, number of fields, twelve bytes that are reserved.
  if (type === ADMIN) {
    if (bytes[start + 8] !== 0 || length < 16 || end - start !== length + 8) return NOT_MINE;
    return isAll(bytes, start + 12, start + 24, 0) ? MATCH : NOT_MINE;
  }
  if (type !== MESSAGE || length < MESSAGE_HEADER_LEN || bytes[start + 8] !== MESSAGE_HEADER_LEN) return NOT_MINE;
  if (end - start < HEADER_LEN + MESSAGE_HEADER_LEN) return UNSURE;
  // A byte that is unused; keys have few fields.
  return bytes[start + 12] === 0 && u16(bytes, start + 26) <= MAX_FIELDS && length <= MAX_MESSAGE ? MATCH : NOT_MINE;
}

export const aerospikePlugin = defineProtocol('Aerospike', {
  name: 'aerospike',
  transports: ['tcp'],
  ports: [3000, 3001, 3002],
  firstBytes: [2],
  probe,
});
