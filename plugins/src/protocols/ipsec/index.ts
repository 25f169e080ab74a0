// IPsec over UDP: IKE (RFC 2408, RFC 7296), ESP in UDP (RFC 3948), and both over TCP (RFC 9329). Owns: the recognition.
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
import { u16, u32 } from '@kaipo/core/wire/bytes.js';
import { IKE_HEADER_BYTES, ikeVersion } from '@kaipo/core/wire/ike.js';
import { asciiBytes, beginsWith, isText, mayBegin } from '@kaipo/core/wire/match.js';

const TCP = 6;
const STREAM = asciiBytes('IKETCP');
const NAT_PORT = 4500;
const KEEP_ALIVE = 0xff;
/** Of IKE. */
const VERSIONS = [0x10, 0x20];
const MIN_ESP_BYTES = 24;
const MIN_SPI = 256;
const MAX_ZEROS = 2;
const MAX_STEP = 1024;
const CLIENT = 0x1_0000_0000;

/** A length of 32 bits that is exact, version, exchange and flags: over 50 bits. */
function probeIke(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (p.transport === TCP) {
    if (!mayBegin(bytes, start, end, STREAM)) return NOT_MINE;
    return beginsWith(bytes, start, end, STREAM) ? MATCH : UNSURE;
  }
  if (ikeVersion(bytes, start, end, p.isCut) !== 0) return MATCH;
  const isMarked = end - start > 4 && u32(bytes, start) === 0;
  return isMarked && ikeVersion(bytes, start + 4, end, p.isCut) !== 0 ? MATCH : NOT_MINE;
}

/** ESP has an index and a number: twice the same index with the next numbers, on the port for it, words of four bytes. */
function probeEsp(p: Probe): Verdict {
  const { bytes, start } = p;
  const there = p.end - start;
  if (p.clientPort !== NAT_PORT && p.serverPort !== NAT_PORT) return NOT_MINE;
  if (there === 1) return bytes[start] === KEEP_ALIVE ? UNSURE : NOT_MINE;
  if (there < MIN_ESP_BYTES || (u16(bytes, start) === 0 && u16(bytes, start + 2) < MIN_SPI)) return NOT_MINE;
  if (there % 2 !== 0 && !p.isCut) return NOT_MINE;
  const number = u32(bytes, start + 4);
  // What follows is encrypted: hardly a zero in sixteen bytes.
  let zeros = 0;
  for (let at = start + 8; at < start + MIN_ESP_BYTES; at++) if (bytes[at] === 0) zeros += 1;
  if (zeros > MAX_ZEROS) return NOT_MINE;
  if (number === 0 || isText(bytes, start, start + 8)) return NOT_MINE;
  // Each side has an index of its own.
  if (p.otherLength >= 4 && u32(p.otherBytes, 0) === u32(bytes, start)) return NOT_MINE;
  const stream = u32(bytes, start) + (p.fromClient ? CLIENT : 0);
  const step = number - p.memoB;
  if (p.memoA === stream && step >= 1 && step <= MAX_STEP) return MATCH;
  if (p.memoB === 0 || p.memoA >= CLIENT === p.fromClient) {
    p.memoA = stream;
    p.memoB = number;
  }
  return UNSURE;
}

const IKE: ProtocolSpec = {
  name: 'ike',
  transports: ['udp', 'tcp'],
  ports: [500, NAT_PORT],
  // The version, behind four zeros or not.
  datagram: [
    { minBytes: IKE_HEADER_BYTES, at: 17, values: VERSIONS },
    { minBytes: IKE_HEADER_BYTES + 4, at: 21, values: VERSIONS, and: [0, 1, 2, 3].map((at) => ({ at, values: [0] })) },
  ],
  stream: { values: [STREAM[0]!] },
  probe: probeIke,
};
const ESP: ProtocolSpec = {
  name: 'ipsec',
  transports: ['udp'],
  ports: [NAT_PORT],
  isPortBound: true,
  probe: probeEsp,
};
const SHAPE = defineProtocol('IPsec: key exchange (IKE), ESP in UDP', IKE);

export const ipsecPlugin = definePlugin<PortsConfig>({
  ...SHAPE,
  name: 'ipsec',
  register(registry, config) {
    SHAPE.register(registry, config);
    registry.protocol(ESP);
  },
});
