// Messages of Kerberos 5 (RFC 4120, section 5): which they are, and the names in them. Owns: where fields are.
// Bound: reads inside the message; names of at most four parts.
import { BER_SEQUENCE, berChild, berContentAt, berEnd, berEndOf, berUint } from '@kaipo/core/wire/ber.js';
import { utf8Text } from '@kaipo/core/wire/match.js';

/** APPLICATION tags: requests and replies of AS (10, 11), TGS (12, 13), AP (14, 15), and errors (30). */
const AS_REQUEST = 0x6a;
const AS_REPLY = 0x6b;
const TGS_REQUEST = 0x6c;
const TGS_REPLY = 0x6d;
const AP_REQUEST = 0x6e;
const ERROR = 0x7e;
const TAG_NUMBER = 0x1f;
const TICKET = 0x61;
const FIELD = 0xa0;
const GENERAL_STRING = 0x1b;
const VERSION_5 = 5;
const MAX_PARTS = 4;

export interface KerberosNames {
  readonly client?: string;
  readonly service?: string;
  readonly realm?: string;
}

/** How messages begin. */
export const KERBEROS_TAGS: readonly number[] = [0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x74, 0x75, ERROR];

/** APPLICATION tag, SEQUENCE of the same end, version 5 and a type that is the tag's number. */
export function isKerberos(bytes: Uint8Array, at: number, end: number): boolean {
  const tag = bytes[at]!;
  if ((tag < AS_REQUEST || tag > 0x6f) && tag !== ERROR && tag !== 0x74 && tag !== 0x75) return false;
  const sequence = berContentAt(bytes, at, end);
  if (sequence < 0 || sequence >= end || bytes[sequence] !== BER_SEQUENCE) return false;
  if (berEnd(bytes, sequence, end) !== berEnd(bytes, at, end)) return false;
  let field = berContentAt(bytes, sequence, end);
  if (field < 0 || field + 10 > end || (bytes[field] !== FIELD && bytes[field] !== FIELD + 1)) return false;
  if (berUint(bytes, field + 2, end) !== VERSION_5) return false;
  field += 5;
  return (
    (bytes[field]! === FIELD + 1 || bytes[field] === FIELD + 2) && berUint(bytes, field + 2, end) === (tag & TAG_NUMBER)
  );
}

/** The names a message has in the clear. Texts are not yet safe for a screen. */
export function kerberosNames(bytes: Uint8Array, at: number, end: number): KerberosNames {
  const sequence = berContentAt(bytes, at, end);
  if (sequence < 0 || sequence >= end) return {};
  switch (bytes[at]) {
    case AS_REQUEST:
    case TGS_REQUEST: {
      const body = inside(bytes, sequence, end, 4);
      return namesOf(bytes, end, body, 1, 3, 2);
    }
    case AS_REPLY:
    case TGS_REPLY: {
      const ticket = ticketIn(bytes, sequence, end, 5);
      return { ...namesOf(bytes, end, ticket, -1, 2, 1), ...namesOf(bytes, end, sequence, 4, -1, 3) };
    }
    case AP_REQUEST:
      return namesOf(bytes, end, ticketIn(bytes, sequence, end, 3), -1, 2, 1);
    case ERROR:
      return namesOf(bytes, end, sequence, 8, 10, 9);
    default:
      return {};
  }
}

/** What is in field `number` of the sequence at `at`: offset of the element, or -1. */
function inside(bytes: Uint8Array, at: number, end: number, number: number): number {
  if (at < 0 || number < 0) return -1;
  const field = berChild(bytes, at, end, FIELD + number);
  const content = field < 0 ? -1 : berContentAt(bytes, field, end);
  return content >= end ? -1 : content;
}

function ticketIn(bytes: Uint8Array, at: number, end: number, number: number): number {
  const ticket = inside(bytes, at, end, number);
  return ticket < 0 || bytes[ticket] !== TICKET ? -1 : berContentAt(bytes, ticket, end);
}

/** Client, service and realm by their field numbers in the sequence at `at`. */
function namesOf(
  bytes: Uint8Array,
  end: number,
  at: number,
  clientField: number,
  serviceField: number,
  realmField: number,
): KerberosNames {
  const client = principal(bytes, inside(bytes, at, end, clientField), end);
  const service = principal(bytes, inside(bytes, at, end, serviceField), end);
  const realm = stringAt(bytes, inside(bytes, at, end, realmField), end);
  return {
    ...(client !== '' && { client }),
    ...(service !== '' && { service }),
    ...(realm !== '' && { realm }),
  };
}

/** PrincipalName: a type, then a sequence of strings, joined by slashes. */
function principal(bytes: Uint8Array, at: number, end: number): string {
  const list = inside(bytes, at, end, 1);
  if (list < 0 || bytes[list] !== BER_SEQUENCE) return '';
  const parts: string[] = [];
  const stop = Math.min(berEnd(bytes, list, end), end);
  let next = berContentAt(bytes, list, end);
  while (parts.length < MAX_PARTS && next >= 0 && next < stop) {
    parts.push(stringAt(bytes, next, stop));
    next = berEndOf(bytes, next, stop, GENERAL_STRING);
  }
  return parts.join('/');
}

function stringAt(bytes: Uint8Array, at: number, end: number): string {
  const stop = berEndOf(bytes, at, end, GENERAL_STRING);
  return stop < 0 ? '' : utf8Text(bytes, berContentAt(bytes, at, end), stop);
}
