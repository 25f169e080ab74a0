// JA4, the fingerprint of TLS clients (FoxIO 2023, BSD-3-Clause): "t13d1516h2_8daaf6152771_e5627efa2ab1". Only this one of the
// family is free to use. Must not know: records. Source: github.com/FoxIO-LLC/ja4, technical_details/JA4.md.
import { hash } from 'node:crypto';
import { u16 } from './bytes.js';
import {
  type ClientHelloLayout,
  clientHelloVersion,
  EXTENSION_ALPN,
  EXTENSION_SERVER_NAME,
} from './tls-client-hello.js';
import { DTLS10, DTLS12, DTLS13, isGrease, SSL2, SSL3, TLS10, TLS11, TLS12, TLS13 } from './tls-values.js';

/** TLS over TCP, QUIC, DTLS. */
export type Ja4Transport = 't' | 'q' | 'd';

const VERSIONS: Readonly<Record<number, string>> = {
  [SSL2]: 's2',
  [SSL3]: 's3',
  [TLS10]: '10',
  [TLS11]: '11',
  [TLS12]: '12',
  [TLS13]: '13',
  [DTLS10]: 'd1',
  [DTLS12]: 'd2',
  [DTLS13]: 'd3',
};
const NOTHING = '000000000000';

/** Of a whole ClientHello. */
export function ja4(bytes: Uint8Array, hello: ClientHelloLayout, transport: Ja4Transport): string {
  const ciphers = valuesIn(bytes, hello.ciphersAt, hello.ciphersEnd);
  const extensions = extensionTypes(bytes, hello);
  const counted = extensions.length;
  const named = extensions.filter((type) => type !== EXTENSION_SERVER_NAME && type !== EXTENSION_ALPN);
  const signatures = valuesIn(bytes, hello.signatureAlgorithmsAt, hello.signatureAlgorithmsEnd);
  const version = VERSIONS[clientHelloVersion(bytes, hello)] ?? '00';
  const head = `${transport}${version}${hello.hasServerName ? 'd' : 'i'}${twoDigits(ciphers.length)}${twoDigits(counted)}`;
  const sorted = hexList(named.sort(ascending));
  const tail = signatures.length === 0 ? sorted : `${sorted}_${hexList(signatures)}`;
  return `${head}${alpnLetters(bytes, hello)}_${hash12(hexList(ciphers.sort(ascending)))}_${counted === 0 ? NOTHING : hash12(tail)}`;
}

/** First and last character of the first ALPN name; of its hex form when one of the two is no letter or digit. */
function alpnLetters(bytes: Uint8Array, hello: ClientHelloLayout): string {
  if (hello.alpnAt >= hello.alpnEnd) return '00';
  const start = hello.alpnAt + 1;
  const end = start + bytes[hello.alpnAt]!;
  if (end === start || end > hello.alpnEnd) return '00';
  const first = bytes[start]!;
  const last = bytes[end - 1]!;
  if (isLetterOrDigit(first) && isLetterOrDigit(last)) return String.fromCharCode(first, last);
  return (first >> 4).toString(16) + (last & 0xf).toString(16);
}

const isLetterOrDigit = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);

/** Two bytes each, without GREASE. */
function valuesIn(bytes: Uint8Array, start: number, end: number): number[] {
  const values: number[] = [];
  for (let at = start; at < end; at += 2) {
    const value = u16(bytes, at);
    if (!isGrease(value)) values.push(value);
  }
  return values;
}

function extensionTypes(bytes: Uint8Array, hello: ClientHelloLayout): number[] {
  const types: number[] = [];
  for (let at = hello.extensionsAt; at < hello.extensionsEnd; at += 4 + u16(bytes, at + 2)) {
    const type = u16(bytes, at);
    if (!isGrease(type)) types.push(type);
  }
  return types;
}

const ascending = (a: number, b: number): number => a - b;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Four digits each, with commas between. */
function hexList(values: readonly number[]): string {
  let text = '';
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    text += i === 0 ? HEX[value >> 8]! + HEX[value & 0xff]! : `,${HEX[value >> 8]!}${HEX[value & 0xff]!}`;
  }
  return text;
}

const twoDigits = (count: number): string => String(Math.min(count, 99)).padStart(2, '0');
const hash12 = (text: string): string => (text === '' ? NOTHING : hash('sha256', text, 'hex').slice(0, 12));
