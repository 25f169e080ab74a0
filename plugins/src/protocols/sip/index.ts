// SIP (RFC 3261) over UDP, TCP and SCTP. Owns: the recognition. The reader is in sip-reader.ts. Bound: one message.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { isAll } from '@kaipo/core/wire/exact.js';
import { SIP_NOT, SIP_PARTLY, sipDatagramKind, sipKind } from '@kaipo/core/wire/sip.js';
import { SipReader } from './sip-reader.js';

const TCP = 6;

/** The version text alone is 64 bits. */
function probe(p: Probe): Verdict {
  if (p.transport !== TCP) return sipDatagramKind(p.bytes, p.start, p.end) === SIP_NOT ? NOT_MINE : MATCH;
  const start = afterKeepAlive(p);
  if (start === p.end) return p.end - p.start <= 4 ? UNSURE : NOT_MINE;
  const kind = sipKind(p.bytes, start, p.end);
  if (kind === SIP_NOT) return NOT_MINE;
  return kind === SIP_PARTLY ? UNSURE : MATCH;
}

/** Empty lines keep connections open (RFC 5626 section 3.5.1). */
function afterKeepAlive(p: Probe): number {
  let at = p.start;
  while (at < p.end && at - p.start < 4 && (p.bytes[at] === 13 || p.bytes[at] === 10)) at++;
  return isAll(p.bytes, at, Math.min(p.end, at + 1), 10) ? p.end : at;
}

export const sipPlugin = defineProtocol('Setting up calls (SIP): who calls whom, with which program', {
  name: 'sip',
  transports: ['udp', 'tcp', 'sctp'],
  ports: [5060, 5061, 5080],
  // Capitals, and empty lines before them.
  firstBytes: [10, 13, ...Array.from({ length: 26 }, (_, i) => 0x41 + i)],
  probe,
  open: (flow) => new SipReader(flow),
});
