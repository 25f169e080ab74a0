// NTLMSSP (MS-NLMP): the third message of the handshake says who logs in from where. Owns: finding it and its fields.
// Bound: fields of at most 256 bytes inside the given bytes.
import { u16le, u32le } from './bytes.js';
import { asciiBytes, indexOfBytes, latin1Text } from './match.js';

const SIGNATURE = asciiBytes('NTLMSSP\0');
const AUTHENTICATE = 3;
const FIXED_LEN = 64;
const UNICODE = 1;
const MAX_FIELD = 256;
const UTF16 = new TextDecoder('utf-16le');

export interface NtlmIdentity {
  readonly domain?: string;
  readonly user?: string;
  readonly host?: string;
}

/** Who logs in, when [start, end) has an AUTHENTICATE message with a user or a host. Texts are not yet safe for a screen. */
export function ntlmIdentity(bytes: Uint8Array, start: number, end: number): NtlmIdentity | undefined {
  const at = indexOfBytes(bytes, start, end, SIGNATURE);
  if (at < 0 || at + FIXED_LEN > end || u32le(bytes, at + 8) !== AUTHENTICATE) return undefined;
  const isUnicode = (u32le(bytes, at + 60) & UNICODE) !== 0;
  const domain = field(bytes, at, end, 28, isUnicode);
  const user = field(bytes, at, end, 36, isUnicode);
  const host = field(bytes, at, end, 44, isUnicode);
  if (user === '' && host === '') return undefined;
  return { ...(domain !== '' && { domain }), ...(user !== '' && { user }), ...(host !== '' && { host }) };
}

/** `DOMAIN\user`, or what of it is known. */
export const ntlmUserText = (identity: NtlmIdentity): string | undefined =>
  identity.user === undefined || identity.domain === undefined ? identity.user : `${identity.domain}\\${identity.user}`;

function field(bytes: Uint8Array, at: number, end: number, descriptor: number, isUnicode: boolean): string {
  const length = u16le(bytes, at + descriptor);
  const from = at + u32le(bytes, at + descriptor + 4);
  if (length === 0 || length > MAX_FIELD || from + length > end) return '';
  return isUnicode ? UTF16.decode(bytes.subarray(from, from + length)) : latin1Text(bytes, from, from + length);
}
