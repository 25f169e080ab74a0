// XMPP, Jabber (RFC 6120). Owns: the stream header of either side, stanzas where the capture began later.
// What is read is `xmpp-reader.ts`. Bound: the first 1,024 bytes of either side.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, indexOfBytes } from '@kaipo/core/wire/match.js';
import { hasPort } from '@kaipo/core/wire/port-hint.js';
import { agreesWith, isLineText } from '@kaipo/core/wire/text-lines.js';
import { XmppReader } from './xmpp-reader.js';

const STREAM = asciiBytes('<stream:stream');
const XML = asciiBytes('<?xml ');
/** RFC 6120 section 4.9, SASL and the negotiation: all carry one of these. */
const NAMESPACES = ['jabber:', 'urn:ietf:params:xml:ns:xmpp', 'etherx.jabber.org/streams'].map(asciiBytes);
const STANZAS = ['<iq ', '<presence', '<message ', '<stream:features', '<stream:error', '<starttls ', '<auth '].map(
  asciiBytes,
);
const MAX_HEADER_BYTES = 1_024;

export const xmppPlugin = defineProtocol('XMPP, Jabber: domain, STARTTLS', {
  name: 'xmpp',
  transports: ['tcp'],
  ports: [5222, 5269, 5298, 5275],
  firstBytes: [0x3c],
  probe,
  open: (flow) => new XmppReader(flow),
});

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const stream = agreesWith(bytes, start, end, STREAM);
  if (stream !== NOT_MINE) return stream;
  const xml = agreesWith(bytes, start, end, XML);
  if (xml === UNSURE) return UNSURE;
  if (xml === MATCH) return xmlVerdict(p);
  for (const stanza of STANZAS) {
    const agreement = agreesWith(bytes, start, end, stanza);
    if (agreement === UNSURE) return UNSURE;
    if (agreement === MATCH) return stanzaVerdict(p);
  }
  return NOT_MINE;
}

function xmlVerdict(p: Probe): Verdict {
  const { bytes, start, end } = p;
  const stop = Math.min(end, start + MAX_HEADER_BYTES);
  if (indexOfBytes(bytes, start, stop, STREAM) >= 0) return MATCH;
  return stop === end && isLineText(bytes, start, end) && p.packets <= 4 ? UNSURE : NOT_MINE;
}

function stanzaVerdict(p: Probe): Verdict {
  const stop = Math.min(p.end, p.start + MAX_HEADER_BYTES);
  if (!isLineText(p.bytes, p.start, stop)) return NOT_MINE;
  if (hasPort(p, 5222) || hasPort(p, 5269)) return MATCH;
  for (const namespace of NAMESPACES) if (indexOfBytes(p.bytes, p.start, stop, namespace) >= 0) return MATCH;
  return p.packets <= 3 ? UNSURE : NOT_MINE;
}
