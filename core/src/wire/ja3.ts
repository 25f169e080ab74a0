// JA3 and JA3S: MD5 over what a client offers and over what a server chose. Must not know: records. Definition: Althouse, Atkinson,
// Atkins 2017 (BSD-3-Clause): "version,ciphers,extensions,groups,pointFormats", decimal, lists joined by "-", GREASE left out.
import { hash } from 'node:crypto';
import { u16 } from './bytes.js';
import { HelloMemory } from './hello-memory.js';
import type { ClientHelloLayout } from './tls-client-hello.js';
import type { ServerHelloLayout } from './tls-server-hello.js';
import { isGrease } from './tls-values.js';

/** "771,4865-4866,0-23-65281,29-23,0". */
export function ja3Text(bytes: Uint8Array, hello: ClientHelloLayout): string {
  const ciphers = valuesText(bytes, hello.ciphersAt, hello.ciphersEnd);
  const groups = valuesText(bytes, hello.groupsAt, hello.groupsEnd);
  let points = '';
  for (let at = hello.pointFormatsAt; at < hello.pointFormatsEnd; at++)
    points += points === '' ? bytes[at]! : `-${bytes[at]!}`;
  const extensions = extensionsText(bytes, hello.extensionsAt, hello.extensionsEnd);
  return `${hello.legacyVersion},${ciphers},${extensions},${groups},${points}`;
}

/** Of a whole ClientHello, as 32 hex digits; undefined where the system forbids MD5. */
export const ja3 = (bytes: Uint8Array, hello: ClientHelloLayout): string | undefined => md5(ja3Text(bytes, hello));

/** "771,4865,43-51": version and cipher suite of the ServerHello and its extensions in order. */
export const ja3sText = (bytes: Uint8Array, hello: ServerHelloLayout): string =>
  `${hello.legacyVersion},${hello.cipher},${extensionsText(bytes, hello.extensionsAt, hello.extensionsEnd)}`;

/** Servers choose one of a few ways to answer. */
const MAX_REMEMBERED = 1024;
const memory = new HelloMemory<string>(MAX_REMEMBERED);

export function ja3s(bytes: Uint8Array, hello: ServerHelloLayout): string | undefined {
  memory.begin();
  memory.putU16(hello.legacyVersion);
  memory.putU16(hello.cipher);
  memory.putExtensionTypes(bytes, hello.extensionsAt, hello.extensionsEnd);
  const known = memory.find();
  if (known !== undefined) return known;
  const digest = md5(ja3sText(bytes, hello));
  if (digest !== undefined) memory.remember(digest);
  return digest;
}

function valuesText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 2) {
    const value = u16(bytes, at);
    if (!isGrease(value)) text += text === '' ? value : `-${value}`;
  }
  return text;
}

function extensionsText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 4 + u16(bytes, at + 2)) {
    const type = u16(bytes, at);
    if (!isGrease(type)) text += text === '' ? type : `-${type}`;
  }
  return text;
}

/** FIPS builds of OpenSSL refuse MD5: then there is no fingerprint, and everything else goes on. */
function md5(text: string): string | undefined {
  try {
    return hash('md5', text, 'hex');
  } catch {
    return undefined;
  }
}
