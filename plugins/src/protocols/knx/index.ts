// KNXnet/IP (ISO 22510). Owns: the header and the known services.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';

const UDP = 17;
const HEADER = 0x0610;

/** Header length 6, version 1.0, service, total length. */
function frameLength(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== 6 || (at + 1 < end && bytes[at + 1] !== 0x10)) return -1;
  if (at + 6 > end) return 0;
  const length = u16(bytes, at + 4);
  return u16(bytes, at) === HEADER && isService(u16(bytes, at + 2)) && length >= 6 && length <= 1500 ? length : -1;
}

/** Core 2, device management 3, tunnelling 4, routing 5, remote logging 6, remote configuration 7, object server 8, security 9. */
const isService = (service: number): boolean => service >= 0x0201 && service <= 0x095f && (service & 0xff) <= 0x5f;

function probe(p: Probe): Verdict {
  if (p.transport === UDP && p.end - p.start < 6) return NOT_MINE;
  const chain = followChain(p.bytes, p.start, p.end, frameLength);
  if (chain === BROKEN) return NOT_MINE;
  if (endsExactly(chain) || wholeMessages(chain) >= 2) return MATCH;
  return p.transport === UDP ? NOT_MINE : UNSURE;
}

export const knxPlugin = defineProtocol('KNXnet/IP', {
  name: 'knx',
  transports: ['udp', 'tcp'],
  ports: [3671],
  firstBytes: [6],
  probe,
});
