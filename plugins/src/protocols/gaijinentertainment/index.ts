// Gaijin's games report what they do as lines with env, circuit and application, and play over ENet.
// Owns: both. Bound: the first 256 bytes.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, indexOfBytes } from '@kaipo/core/wire/match.js';

const ENVIRONMENT = asciiBytes(',env=');
const CIRCUIT = asciiBytes(',circuit=');
const MAX_LOOK_BYTES = 256;
/** ENet's CONNECT and VERIFY_CONNECT with the number Gaijin gives in their last field. */
const CONNECT_BYTES = 52;
const VERIFY_BYTES = 48;
const GAIJIN = 0x96990a44;

const isDigitOrLetter = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a);

export const gaijinentertainmentPlugin = defineProtocol('Gaijin Entertainment: War Thunder and others', {
  name: 'gaijinentertainment',
  transports: ['udp'],
  ports: [20010, 20011, 20020, 20021],
  datagram: [
    { minBytes: CONNECT_BYTES, maxBytes: CONNECT_BYTES, at: CONNECT_BYTES - 4, values: [GAIJIN >>> 24] },
    { minBytes: VERIFY_BYTES, maxBytes: VERIFY_BYTES, at: VERIFY_BYTES - 4, values: [GAIJIN >>> 24] },
    { minBytes: 32, values: Array.from({ length: 256 }, (_, byte) => byte).filter(isDigitOrLetter) },
  ],
  application: 'Gaijin Entertainment',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  const size = end - start;
  if (size === CONNECT_BYTES || size === VERIFY_BYTES) return u32(bytes, end - 4) === GAIJIN ? MATCH : NOT_MINE;
  if (size < 32 || !isDigitOrLetter(bytes[start]!)) return NOT_MINE;
  const stop = Math.min(end, start + MAX_LOOK_BYTES);
  const environment = indexOfBytes(bytes, start, Math.min(stop, start + 96), ENVIRONMENT);
  return environment > start && indexOfBytes(bytes, environment, stop, CIRCUIT) > 0 ? MATCH : NOT_MINE;
}
