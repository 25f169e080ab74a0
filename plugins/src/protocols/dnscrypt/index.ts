// DNSCrypt, versions 1 and 2, also through a relay (Anonymized DNSCrypt): encrypted DNS with magic numbers of its own.
// Owns: the recognition. A query begins with a number that its server made up and looks like chance; it is proved by the answer.
// Source: draft-denis-dprive-dnscrypt, ANONYMIZED-DNSCRYPT. Bound: eight bytes a packet. The certificate that is fetched first is DNS.
/** @hot */
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16 } from '@kaipo/core/wire/bytes.js';
import { asciiBytes, beginsWith } from '@kaipo/core/wire/match.js';

const TCP = 6;
const ANSWER_MAGIC = asciiBytes('r6fnvWj8');
/** Before a query to a relay: the address and port of the server follow. */
const RELAY_MAGIC = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0);
/** Magic 8, nonce 24, tag 16. */
const MIN_ANSWER_BYTES = 48;
/** Magic 10, address 16, port 2; then a query: magic 8, key 32, nonce 12, tag 16. */
const MIN_RELAYED_BYTES = 96;
const RELAY_PORT_AT = 26;

export const dnscryptPlugin = defineProtocol('DNSCrypt: encrypted DNS, by its answers', {
  name: 'dnscrypt',
  transports: ['udp', 'tcp'],
  ports: [443, 53, 5353, 5443, 8443],
  datagram: { values: [ANSWER_MAGIC[0]!, 0xff] },
  probe: probeDnscrypt,
});

function probeDnscrypt(p: Probe): Verdict {
  if (p.transport !== TCP) return isMessage(p.bytes, p.start, p.end) ? MATCH : NOT_MINE;
  // Two bytes of length, as with DNS; the message need not be whole yet.
  const start = p.start + 2;
  if (start >= p.end || u16(p.bytes, p.start) < p.end - start) return NOT_MINE;
  return isMessage(p.bytes, start, p.end) ? MATCH : NOT_MINE;
}

function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (first === ANSWER_MAGIC[0]) return end - start >= MIN_ANSWER_BYTES && beginsWith(bytes, start, end, ANSWER_MAGIC);
  if (first !== 0xff || end - start < MIN_RELAYED_BYTES || !beginsWith(bytes, start, end, RELAY_MAGIC)) return false;
  return (
    u16(bytes, start + RELAY_PORT_AT) !== 0 && !isAllZero(bytes, start + RELAY_MAGIC.length, start + RELAY_PORT_AT)
  );
}

function isAllZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}
