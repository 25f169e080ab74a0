// What the hellos of a flow say, as values to show: the fields of a flow record that TLS, DTLS and QUIC have in common.
// Must not know: flows, records, packets. Bound: 16 ALPN names.
import { clientFingerprints } from './client-fingerprints.js';
import { ja3s } from './ja3.js';
import type { Ja4Transport } from './ja4.js';
import { tlsCipherText } from './tls-ciphers.js';
import { type ClientHelloLayout, clientHelloAlpn } from './tls-client-hello.js';
import { type ServerHelloLayout, serverHelloAlpn } from './tls-server-hello.js';
import { tlsVersionText } from './tls-values.js';

export interface ClientHelloFacts {
  alpn?: string[];
  ja3?: string;
  ja4?: string;
  ech?: boolean;
}

export interface ServerHelloFacts {
  tlsVersion?: string;
  tlsCipher?: string;
  alpnChosen?: string;
  ja3s?: string;
}

/** @param isWhole `checkClientHello` said FITS: only then there are fingerprints. Texts are not yet safe for a screen. */
export function clientHelloFacts(
  bytes: Uint8Array,
  hello: ClientHelloLayout,
  transport: Ja4Transport,
  isWhole: boolean,
): ClientHelloFacts {
  const facts: ClientHelloFacts = {};
  const alpn = clientHelloAlpn(bytes, hello);
  if (alpn.length > 0) facts.alpn = alpn;
  if (hello.hasEch) facts.ech = true;
  if (!isWhole) return facts;
  const { ja3, ja4 } = clientFingerprints(bytes, hello, transport);
  if (ja3 !== undefined) facts.ja3 = ja3;
  facts.ja4 = ja4;
  return facts;
}

/** Of a whole ServerHello. Texts are not yet safe for a screen. */
export function serverHelloFacts(bytes: Uint8Array, hello: ServerHelloLayout): ServerHelloFacts {
  const facts: ServerHelloFacts = { tlsCipher: tlsCipherText(hello.cipher) };
  const version = tlsVersionText(hello.version);
  if (version !== undefined) facts.tlsVersion = version;
  const alpn = serverHelloAlpn(bytes, hello);
  if (alpn !== undefined) facts.alpnChosen = alpn;
  if (hello.isRetryRequest) return facts;
  const digest = ja3s(bytes, hello);
  if (digest !== undefined) facts.ja3s = digest;
  return facts;
}
