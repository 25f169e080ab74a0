// The ServerHello of TLS and DTLS: what the server chose. Owns: the checked door `checkServerHello` over the body of the handshake
// message. Must not know: records. RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3. Bound: constant work but for the walk of the extensions.
import { u16 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';
import { alpnName, EXTENSION_ALPN, EXTENSION_SUPPORTED_VERSIONS } from './tls-client-hello.js';
import { walkExtensions } from './tls-extensions.js';
import { isTls13Draft } from './tls-values.js';

export const HANDSHAKE_SERVER_HELLO = 2;

/** SHA-256 of "HelloRetryRequest": the random of a ServerHello that asks for another ClientHello (RFC 8446 section 4.1.3). */
const RETRY_RANDOM = Uint8Array.from(
  'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'
    .match(/../g)!
    .map((digits) => Number.parseInt(digits, 16)),
);

/** Offsets are absolute; an empty range (0, 0) is not there. One instance serves all messages. */
export class ServerHelloLayout {
  legacyVersion = 0;
  /** What supported_versions says, else the legacy version. */
  version = 0;
  cipher = 0;
  extensionsAt = 0;
  extensionsEnd = 0;
  /** The protocol chosen, text. */
  alpnAt = 0;
  alpnEnd = 0;
  isRetryRequest = false;
}

/** Walks the body in bytes[start, end) once and fills `layout`. Never throws. @returns FITS, SHORT (it goes on after `end`), or BAD. */
export function checkServerHello(bytes: Uint8Array, start: number, end: number, layout: ServerHelloLayout): Check {
  layout.legacyVersion = layout.version = layout.cipher = 0;
  layout.extensionsAt = layout.extensionsEnd = 0;
  layout.alpnAt = layout.alpnEnd = 0;
  layout.isRetryRequest = false;
  if (end > bytes.length) return BAD;
  if (end - start < 36) return SHORT;
  const version = u16(bytes, start);
  layout.legacyVersion = layout.version = version;
  layout.isRetryRequest = isRetryRandom(bytes, start + 2);
  // Drafts of 1.3 before the 22nd had neither session id nor compression.
  const isShortForm = isTls13Draft(version);
  let at = start + 34;
  if (!isShortForm) {
    if (bytes[at]! > 32) return BAD;
    at += 1 + bytes[at]!;
  }
  if (at + (isShortForm ? 2 : 3) > end) return SHORT;
  layout.cipher = u16(bytes, at);
  at += isShortForm ? 2 : 3;
  if (at === end) return FITS;
  if (at + 2 > end) return SHORT;
  return walkExtensions(bytes, at + 2, at + 2 + u16(bytes, at), end, layout, noteExtension);
}

function noteExtension(bytes: Uint8Array, type: number, at: number, end: number, layout: ServerHelloLayout): void {
  if (type === EXTENSION_SUPPORTED_VERSIONS && end === at + 2) layout.version = u16(bytes, at);
  else if (type === EXTENSION_ALPN && end > at + 3 && at + 3 + bytes[at + 2]! === end) {
    layout.alpnAt = at + 3;
    layout.alpnEnd = end;
  }
}

function isRetryRandom(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < RETRY_RANDOM.length; i++) if (bytes[at + i] !== RETRY_RANDOM[i]) return false;
  return true;
}

/** The protocol the server chose; not yet safe for a screen. */
export const serverHelloAlpn = (bytes: Uint8Array, layout: ServerHelloLayout): string | undefined =>
  layout.alpnEnd > layout.alpnAt ? alpnName(bytes, layout.alpnAt, layout.alpnEnd) : undefined;
