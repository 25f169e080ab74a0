// What the handshake of a QUIC connection tells about its flow. Owns: from ClientHello and Google's CHLO to flow details.
// Must not know: packets, keys. Bound: that of the readers; texts become safe in `setDetails`.
import type { FlowDetails, ProtocolFlow } from '@kaipo/core/api/index.js';
import type { Mutable } from '@kaipo/core/kernel/mutable.js';
import { u16, u24 } from '@kaipo/core/wire/bytes.js';
import { BAD, FITS } from '@kaipo/core/wire/check.js';
import { clientFingerprints } from '@kaipo/core/wire/client-fingerprints.js';
import { GQUIC_SNI, GQUIC_USER_AGENT, GquicValue, readGquicValue } from '@kaipo/core/wire/gquic.js';
import { isText, latin1Text } from '@kaipo/core/wire/match.js';
import { quicVarint, quicVarintBytes } from '@kaipo/core/wire/quic.js';
import {
  ClientHelloLayout,
  checkClientHello,
  clientHelloAlpn,
  clientHelloServerName,
  EXTENSION_QUIC_PARAMETERS,
  EXTENSION_QUIC_PARAMETERS_DRAFT,
  HANDSHAKE_CLIENT_HELLO,
} from '@kaipo/core/wire/tls-client-hello.js';

const MESSAGE_HEAD_BYTES = 4;
/** The transport parameter in which Chromium says what it is: "Chrome/92.0.4503.5 Windows NT 10.0; Win64; x64". */
const PARAMETER_USER_AGENT = 0x3129;

const CLIENT = new ClientHelloLayout();
const VALUE = new GquicValue();

/** @param bytes the handshake messages of the client are in [start, stop). @returns false when they are no ClientHello. */
export function tellClientHello(bytes: Uint8Array, start: number, stop: number, flow: ProtocolFlow): boolean {
  if (stop - start < MESSAGE_HEAD_BYTES || bytes[start] !== HANDSHAKE_CLIENT_HELLO) return false;
  const end = Math.min(stop, start + MESSAGE_HEAD_BYTES + u24(bytes, start + 1));
  const check = checkClientHello(bytes, start + MESSAGE_HEAD_BYTES, end, CLIENT);
  if (check === BAD) return false;
  const name = clientHelloServerName(bytes, CLIENT);
  if (name !== undefined) flow.setServerName(name, 'sni');
  const alpn = clientHelloAlpn(bytes, CLIENT);
  // RFC 9001 section 4.2: there is no other.
  const details: Mutable<FlowDetails> = { tlsVersion: '1.3' };
  if (alpn.length > 0) details.alpn = alpn;
  if (CLIENT.hasEch) details.ech = true;
  const software = userAgentOf(bytes, CLIENT);
  if (software !== undefined) details.clientSoftware = software;
  // Fingerprints are of whole messages only.
  if (check === FITS) {
    const { ja3, ja4 } = clientFingerprints(bytes, CLIENT, 'q');
    if (ja3 !== undefined) details.ja3 = ja3;
    details.ja4 = ja4;
  }
  flow.setDetails(details);
  if (alpn.some((protocol) => protocol.startsWith('doq'))) flow.setApplication('DNS over QUIC');
  return true;
}

/** RFC 9000 section 18: parameter and length as variable-length integers, then the value. Drafts before the 27th had another form. */
function userAgentOf(bytes: Uint8Array, hello: ClientHelloLayout): string | undefined {
  for (let at = hello.extensionsAt; at + 4 <= hello.extensionsEnd; at += 4 + u16(bytes, at + 2)) {
    const type = u16(bytes, at);
    if (type !== EXTENSION_QUIC_PARAMETERS && type !== EXTENSION_QUIC_PARAMETERS_DRAFT) continue;
    const end = Math.min(hello.extensionsEnd, at + 4 + u16(bytes, at + 2));
    return userAgentIn(bytes, at + 4, end);
  }
  return undefined;
}

function userAgentIn(bytes: Uint8Array, start: number, end: number): string | undefined {
  let at = start;
  while (at < end && at + quicVarintBytes(bytes, at) < end) {
    const id = quicVarint(bytes, at);
    at += quicVarintBytes(bytes, at);
    if (at + quicVarintBytes(bytes, at) > end) return undefined;
    const length = quicVarint(bytes, at);
    at += quicVarintBytes(bytes, at);
    if (at + length > end) return undefined;
    if (id === PARAMETER_USER_AGENT && length > 0 && isText(bytes, at, at + length))
      return latin1Text(bytes, at, at + length);
    at += length;
  }
  return undefined;
}

/** The CHLO at `at`: Google's handshake before TLS. */
export function tellGoogleHello(bytes: Uint8Array, at: number, end: number, flow: ProtocolFlow): void {
  if (readGquicValue(bytes, at, end, GQUIC_SNI, VALUE)) {
    const name = latin1Text(bytes, VALUE.at, VALUE.end);
    if (name.length > 0) flow.setServerName(name, 'sni');
  }
  if (readGquicValue(bytes, at, end, GQUIC_USER_AGENT, VALUE))
    flow.setDetails({ clientSoftware: latin1Text(bytes, VALUE.at, VALUE.end) });
}
