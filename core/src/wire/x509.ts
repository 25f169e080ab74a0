// The names and the validity of an X.509 certificate. Owns: a walk through its DER that never leaves it. Must not know: TLS; does
// not verify anything. RFC 5280 section 4.1, X.690. Bound: 32 attributes a name, 16 alternative names, nesting as in the standard only.
import { ipv4Text, ipv6Text } from './address-text.js';
import { latin1Text, utf8Text } from './match.js';

export interface CertificateFacts {
  /** In the order of the certificate: "C=US, O=Example, CN=www.example.com". */
  subject?: string;
  issuer?: string;
  /** DNS names and addresses of subjectAltName, at most 16. */
  names?: string[];
  /** Seconds since the epoch. */
  notBefore?: number;
  notAfter?: number;
}

const MAX_ATTRIBUTES = 32;
const MAX_NAMES = 16;
const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const EXPLICIT_VERSION = 0xa0;
const EXPLICIT_EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/** One element after the other within [at, end). */
class Elements {
  tag = 0;
  contentAt = 0;
  contentEnd = 0;
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = Math.min(end, bytes.length);
  }

  /** False: there is no further element that is whole. */
  next(): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    if (at + 2 > this.#end) return false;
    this.tag = bytes[at]!;
    let length = bytes[at + 1]!;
    at += 2;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      if (octets === 0 || octets > 3 || at + octets > this.#end) return false;
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + bytes[at + i]!;
      at += octets;
    }
    if (at + length > this.#end) return false;
    this.contentAt = at;
    this.contentEnd = at + length;
    this.#at = this.contentEnd;
    return true;
  }

  /** The next element if its tag is this one. */
  nextIs(tag: number): boolean {
    return this.next() && this.tag === tag;
  }

  inside(): Elements {
    return new Elements(this.#bytes, this.contentAt, this.contentEnd);
  }
}

/** The certificate in bytes[start, end). Undefined: it is none, or not whole. Never throws. Texts are not yet safe for a screen. */
export function readCertificate(bytes: Uint8Array, start: number, end: number): CertificateFacts | undefined {
  const certificate = new Elements(bytes, start, end);
  if (!certificate.nextIs(SEQUENCE)) return undefined;
  const signed = certificate.inside();
  if (!signed.nextIs(SEQUENCE)) return undefined;
  const parts = signed.inside();
  if (!parts.next()) return undefined;
  const hasVersion = parts.tag === EXPLICIT_VERSION;
  if (hasVersion ? !parts.nextIs(INTEGER) : parts.tag !== INTEGER) return undefined;
  if (!parts.nextIs(SEQUENCE) || !parts.nextIs(SEQUENCE)) return undefined;
  const facts: CertificateFacts = {};
  const issuer = nameText(bytes, parts.inside());
  if (!parts.nextIs(SEQUENCE)) return undefined;
  const validity = parts.inside();
  const notBefore = validity.next() ? timeOf(bytes, validity) : undefined;
  const notAfter = validity.next() ? timeOf(bytes, validity) : undefined;
  if (!parts.nextIs(SEQUENCE)) return undefined;
  const subject = nameText(bytes, parts.inside());
  if (subject !== '') facts.subject = subject;
  if (issuer !== '') facts.issuer = issuer;
  while (parts.next()) {
    if (parts.tag !== EXPLICIT_EXTENSIONS) continue;
    const names = alternativeNames(bytes, parts.inside());
    if (names.length > 0) facts.names = names;
  }
  if (notBefore !== undefined) facts.notBefore = notBefore;
  if (notAfter !== undefined) facts.notAfter = notAfter;
  return facts;
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  '550403': 'CN',
  '550404': 'SN',
  '550405': 'serialNumber',
  '550406': 'C',
  '550407': 'L',
  '550408': 'ST',
  '550409': 'street',
  '55040a': 'O',
  '55040b': 'OU',
  '55040c': 'title',
  '55040d': 'description',
  '55040f': 'businessCategory',
  '550411': 'postalCode',
  '550429': 'name',
  '55042a': 'GN',
  '550461': 'organizationIdentifier',
  '2a864886f70d010901': 'emailAddress',
  '0992268993f22c640101': 'UID',
  '0992268993f22c640119': 'DC',
};

/** Name: a sequence of sets of pairs of type and value. */
function nameText(bytes: Uint8Array, sets: Elements): string {
  const parts: string[] = [];
  while (sets.next() && parts.length < MAX_ATTRIBUTES) {
    if (sets.tag !== SET) break;
    const pairs = sets.inside();
    while (pairs.nextIs(SEQUENCE) && parts.length < MAX_ATTRIBUTES) {
      const pair = pairs.inside();
      if (!pair.nextIs(OBJECT_IDENTIFIER)) break;
      const attribute = ATTRIBUTES[hexText(bytes, pair.contentAt, pair.contentEnd)];
      if (!pair.next()) break;
      if (attribute !== undefined) parts.push(`${attribute}=${escaped(stringOf(bytes, pair))}`);
    }
  }
  return parts.join(', ');
}

/** RFC 4514 section 2.4: so that one value cannot look like several. */
const escaped = (value: string): string => value.replace(/[,+"\\<>;]/g, '\\$&');

const TELETEX_STRING = 0x14;
const UNIVERSAL_STRING = 0x1c;
const BMP_STRING = 0x1e;

function stringOf(bytes: Uint8Array, value: Elements): string {
  const { contentAt, contentEnd } = value;
  if (value.tag === TELETEX_STRING) return latin1Text(bytes, contentAt, contentEnd);
  const width = value.tag === BMP_STRING ? 2 : value.tag === UNIVERSAL_STRING ? 4 : 0;
  if (width === 0) return utf8Text(bytes, contentAt, contentEnd);
  let text = '';
  for (let at = contentAt; at + width <= contentEnd && text.length < 256; at += width)
    text += String.fromCharCode((bytes[at + width - 2]! << 8) | bytes[at + width - 1]!);
  return text;
}

/** Extensions: a sequence of sequences of an identifier, a flag that may be left out, and a string that holds the value. */
function alternativeNames(bytes: Uint8Array, wrapper: Elements): string[] {
  if (!wrapper.nextIs(SEQUENCE)) return [];
  const extensions = wrapper.inside();
  while (extensions.nextIs(SEQUENCE)) {
    const extension = extensions.inside();
    if (!extension.nextIs(OBJECT_IDENTIFIER)) return [];
    if (hexText(bytes, extension.contentAt, extension.contentEnd) !== '551d11') continue;
    while (extension.next()) {
      if (extension.tag !== OCTET_STRING) continue;
      const value = extension.inside();
      return value.nextIs(SEQUENCE) ? generalNames(bytes, value.inside()) : [];
    }
  }
  return [];
}

function generalNames(bytes: Uint8Array, values: Elements): string[] {
  const names: string[] = [];
  while (names.length < MAX_NAMES && values.next()) {
    const length = values.contentEnd - values.contentAt;
    if (values.tag === DNS_NAME && length > 0) names.push(utf8Text(bytes, values.contentAt, values.contentEnd));
    else if (values.tag === IP_ADDRESS && length === 4) names.push(ipv4Text(bytes, values.contentAt));
    else if (values.tag === IP_ADDRESS && length === 16) names.push(ipv6Text(bytes, values.contentAt));
  }
  return names;
}

/** "260102030405Z" (up to 2049) or "20500102030405Z"; some leave out the seconds or give an offset. */
const TIME = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(?:Z|([+-])(\d\d)(\d\d))?$/;

function timeOf(bytes: Uint8Array, value: Elements): number | undefined {
  if (value.tag !== UTC_TIME && value.tag !== GENERALIZED_TIME) return undefined;
  const found = TIME.exec(latin1Text(bytes, value.contentAt, value.contentEnd, 32));
  if (found === null || (found[1]!.length === 2) !== (value.tag === UTC_TIME)) return undefined;
  const number = (group: number): number => Number(found[group] ?? 0);
  const short = value.tag === UTC_TIME ? (number(1) >= 50 ? 1900 : 2000) : 0;
  const year = short + number(1);
  if (year < 1000) return undefined;
  const local = Date.UTC(year, number(2) - 1, number(3), number(4), number(5), number(6)) / 1000;
  const offset = number(8) * 3600 + number(9) * 60;
  return found[7] === '-' ? local + offset : local - offset;
}

const hexText = (bytes: Uint8Array, start: number, end: number): string => {
  let text = '';
  for (let at = start; at < Math.min(end, start + 16); at++) text += bytes[at]!.toString(16).padStart(2, '0');
  return text;
};
