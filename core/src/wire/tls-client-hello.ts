// The ClientHello of TLS, DTLS and QUIC: where its parts lie. Owns: the checked door `checkClientHello` over the body of the
// handshake message (without its header of 4 or 12 bytes), and readers of names. Must not know: records, fragments, QUIC frames.
// RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2, RFC 6347 section 4.2.1 (cookie). Bound: a message holds at most 65,535 bytes of extensions.
//
//   checkClientHello(bytes, start, end, layout, hasCookie?) → FITS | SHORT | BAD     bytes[start, end) is the body
//   clientHelloServerName(bytes, layout) → text | undefined      clientHelloAlpn(bytes, layout) → texts, at most 16
//   clientHelloVersion(bytes, layout) → highest version offered   layout.hasEch, layout.hasQuicParameters
//   ja3.ts: ja3(bytes, layout) → md5 | undefined                  ja4.ts: ja4(bytes, layout, 't' | 'q' | 'd') → text
import { u16 } from './bytes.js';
import { BAD, type Check, FITS, SHORT } from './check.js';
import { asciiBytes, beginsWith, utf8Text } from './match.js';
import { walkExtensions } from './tls-extensions.js';
import { isGrease } from './tls-values.js';

export const HANDSHAKE_CLIENT_HELLO = 1;

export const EXTENSION_SERVER_NAME = 0;
export const EXTENSION_SUPPORTED_GROUPS = 10;
export const EXTENSION_POINT_FORMATS = 11;
export const EXTENSION_SIGNATURE_ALGORITHMS = 13;
export const EXTENSION_ALPN = 16;
export const EXTENSION_SUPPORTED_VERSIONS = 43;
export const EXTENSION_QUIC_PARAMETERS = 57;
export const EXTENSION_QUIC_PARAMETERS_DRAFT = 0xffa5;
/** RFC 9849; the code points of earlier drafts are 0xfe08 to 0xfe0c. */
export const EXTENSION_ECH = 0xfe0d;
const EXTENSION_ECH_DRAFT = 0xfe08;
/** The encrypted server name that came before it (draft-ietf-tls-esni-02). */
const EXTENSION_ESNI = 0xffce;

/** Names given of one ALPN list. */
export const MAX_ALPN_NAMES = 16;

/** Offsets are absolute in the bytes that `checkClientHello` was given; an empty range (0, 0) is not there. One instance serves all. */
export class ClientHelloLayout {
  legacyVersion = 0;
  sessionIdAt = 0;
  sessionIdEnd = 0;
  ciphersAt = 0;
  ciphersEnd = 0;
  compressionAt = 0;
  compressionEnd = 0;
  /** All extensions, each type 2, length 2, data. As far as they are whole. */
  extensionsAt = 0;
  extensionsEnd = 0;
  hasServerName = false;
  /** Text of the first host_name. */
  nameAt = 0;
  nameEnd = 0;
  hasAlpn = false;
  /** The list of ALPN names, each with a length byte. */
  alpnAt = 0;
  alpnEnd = 0;
  /** Two bytes each. */
  versionsAt = 0;
  versionsEnd = 0;
  groupsAt = 0;
  groupsEnd = 0;
  signatureAlgorithmsAt = 0;
  signatureAlgorithmsEnd = 0;
  /** One byte each. */
  pointFormatsAt = 0;
  pointFormatsEnd = 0;
  hasEch = false;
  hasQuicParameters = false;

  clear(): void {
    this.legacyVersion = 0;
    this.sessionIdAt = this.sessionIdEnd = 0;
    this.ciphersAt = this.ciphersEnd = 0;
    this.compressionAt = this.compressionEnd = 0;
    this.extensionsAt = this.extensionsEnd = 0;
    this.nameAt = this.nameEnd = 0;
    this.alpnAt = this.alpnEnd = 0;
    this.versionsAt = this.versionsEnd = 0;
    this.groupsAt = this.groupsEnd = 0;
    this.signatureAlgorithmsAt = this.signatureAlgorithmsEnd = 0;
    this.pointFormatsAt = this.pointFormatsEnd = 0;
    this.hasServerName = this.hasAlpn = this.hasEch = this.hasQuicParameters = false;
  }
}

/**
 * Walks the body in bytes[start, end) once and fills `layout`. Never throws, reads nothing outside.
 * @param hasCookie DTLS: a cookie follows the session id.
 * @returns FITS; SHORT when it goes on after `end`, with everything in the layout that is whole before it; or BAD.
 */
export function checkClientHello(
  bytes: Uint8Array,
  start: number,
  end: number,
  layout: ClientHelloLayout,
  hasCookie = false,
): Check {
  layout.clear();
  if (end > bytes.length) return BAD;
  if (end - start < 35) return SHORT;
  layout.legacyVersion = u16(bytes, start);
  let at = start + 35 + bytes[start + 34]!;
  if (bytes[start + 34]! > 32) return BAD;
  layout.sessionIdAt = start + 35;
  layout.sessionIdEnd = at;
  if (hasCookie) {
    if (at >= end) return SHORT;
    at += 1 + bytes[at]!;
  }
  if (at + 2 > end) return SHORT;
  const cipherBytes = u16(bytes, at);
  if (cipherBytes === 0 || (cipherBytes & 1) !== 0) return BAD;
  at += 2;
  if (at + cipherBytes >= end) return SHORT;
  layout.ciphersAt = at;
  layout.ciphersEnd = at + cipherBytes;
  at += cipherBytes;
  const compressionBytes = bytes[at]!;
  if (compressionBytes === 0) return BAD;
  at += 1;
  if (at + compressionBytes > end) return SHORT;
  layout.compressionAt = at;
  layout.compressionEnd = at + compressionBytes;
  at += compressionBytes;
  // Before RFC 3546 there were no extensions.
  if (at === end) return FITS;
  if (at + 2 > end) return SHORT;
  return walkExtensions(bytes, at + 2, at + 2 + u16(bytes, at), end, layout, noteExtension);
}

/** Notes where the content of an extension is, if its own lengths agree; the first of a kind stands. */
function noteExtension(bytes: Uint8Array, type: number, at: number, end: number, layout: ClientHelloLayout): void {
  switch (type) {
    case EXTENSION_SERVER_NAME:
      if (!layout.hasServerName) readServerName(bytes, at, end, layout);
      return;
    case EXTENSION_ALPN:
      layout.hasAlpn = true;
      if (layout.alpnEnd === 0 && at + 2 <= end) {
        layout.alpnAt = at + 2;
        layout.alpnEnd = Math.min(end, at + 2 + u16(bytes, at));
      }
      return;
    case EXTENSION_SUPPORTED_GROUPS:
      if (layout.groupsEnd !== 0 || at + 2 > end) return;
      layout.groupsAt = at + 2;
      layout.groupsEnd = evenEnd(at + 2, Math.min(end, at + 2 + u16(bytes, at)));
      return;
    case EXTENSION_SIGNATURE_ALGORITHMS:
      if (layout.signatureAlgorithmsEnd !== 0 || at + 2 > end) return;
      layout.signatureAlgorithmsAt = at + 2;
      layout.signatureAlgorithmsEnd = evenEnd(at + 2, Math.min(end, at + 2 + u16(bytes, at)));
      return;
    case EXTENSION_SUPPORTED_VERSIONS:
      if (layout.versionsEnd !== 0 || at >= end) return;
      layout.versionsAt = at + 1;
      layout.versionsEnd = evenEnd(at + 1, Math.min(end, at + 1 + bytes[at]!));
      return;
    case EXTENSION_POINT_FORMATS:
      if (layout.pointFormatsEnd !== 0 || at >= end) return;
      layout.pointFormatsAt = at + 1;
      layout.pointFormatsEnd = Math.min(end, at + 1 + bytes[at]!);
      return;
    case EXTENSION_QUIC_PARAMETERS:
    case EXTENSION_QUIC_PARAMETERS_DRAFT:
      layout.hasQuicParameters = true;
      return;
    default:
      if ((type >= EXTENSION_ECH_DRAFT && type <= EXTENSION_ECH) || type === EXTENSION_ESNI) layout.hasEch = true;
  }
}

/** A list of two values is read to its last whole one. */
const evenEnd = (at: number, end: number): number => end - ((end - at) & 1);

/** RFC 6066 section 3: list length 2, then type 1 (0: host_name), length 2, name. */
function readServerName(bytes: Uint8Array, start: number, end: number, layout: ClientHelloLayout): void {
  layout.hasServerName = true;
  let at = start + 2;
  while (at + 3 <= end) {
    const nameEnd = at + 3 + u16(bytes, at + 1);
    if (nameEnd > end) return;
    if (bytes[at] === 0) {
      layout.nameAt = at + 3;
      layout.nameEnd = nameEnd;
      return;
    }
    at = nameEnd;
  }
}

/** The name asked for, as it was sent; not yet safe for a screen. Undefined when there is none or it is empty. */
export function clientHelloServerName(bytes: Uint8Array, layout: ClientHelloLayout): string | undefined {
  return layout.nameEnd > layout.nameAt ? utf8Text(bytes, layout.nameAt, layout.nameEnd) : undefined;
}

/** What the client speaks, in its order, GREASE left out, at most MAX_ALPN_NAMES. Not yet safe for a screen. */
export function clientHelloAlpn(bytes: Uint8Array, layout: ClientHelloLayout): string[] {
  const names: string[] = [];
  for (let at = layout.alpnAt; at < layout.alpnEnd && names.length < MAX_ALPN_NAMES; ) {
    const length = bytes[at]!;
    if (at + 1 + length > layout.alpnEnd) break;
    if (length > 0 && !(length === 2 && isGrease(u16(bytes, at + 1))))
      names.push(alpnName(bytes, at + 1, at + 1 + length));
    at += 1 + length;
  }
  return names;
}

const USUAL_NAMES = ['h2', 'http/1.1'];
const USUAL_BYTES = USUAL_NAMES.map(asciiBytes);

/** The name of a protocol in [start, end); nearly all hellos say the same two. Not yet safe for a screen. */
export function alpnName(bytes: Uint8Array, start: number, end: number): string {
  for (let i = 0; i < USUAL_BYTES.length; i++)
    if (USUAL_BYTES[i]!.length === end - start && beginsWith(bytes, start, end, USUAL_BYTES[i]!))
      return USUAL_NAMES[i]!;
  return utf8Text(bytes, start, end);
}

/** The numerically highest version of supported_versions, GREASE left out; without that extension the legacy version. */
export function clientHelloVersion(bytes: Uint8Array, layout: ClientHelloLayout): number {
  let highest = 0;
  for (let at = layout.versionsAt; at < layout.versionsEnd; at += 2) {
    const version = u16(bytes, at);
    if (!isGrease(version) && version > highest) highest = version;
  }
  return highest === 0 ? layout.legacyVersion : highest;
}
