// Versions of QUIC: which shape their long headers have. Must not know: packets, keys (quic-secrets.ts). Bound: constant work.
// Sources: RFC 9000, RFC 9369, draft-ietf-quic-transport-11 to -34, Chromium (Q0xx, T0xx), mvfst (QuicConstants.h).
/** @hot */

/** Nobody defined it, as far as is known here. */
export const QUIC_UNKNOWN = 0;
/** Long headers of RFC 9000 section 17.2: an Initial is type 0. */
export const QUIC_IETF = 1;
/** The same with the types of RFC 9369 section 3.2: an Initial is type 1. */
export const QUIC_IETF_2 = 2;
/** Google's Q044 to Q048: both lengths of connection ids share a byte, no token, no length. */
export const QUIC_GOOGLE_LONG = 3;
/** Drafts before the 22nd: both lengths of connection ids share a byte. Only their name is known here. */
export const QUIC_OLD_DRAFT = 4;
/** Google's Q049: the connection ids of RFC 9000, then the packet number: no token, no length. */
export const QUIC_GOOGLE_49 = 5;
export type QuicShape = 0 | 1 | 2 | 3 | 4 | 5;

export const QUIC_NEGOTIATION = 0;
export const QUIC_V1 = 1;
export const QUIC_V2 = 0x6b3343cf;
/** The number that version 2 had until it was published. */
export const QUIC_V2_DRAFT = 0x709a50c4;
export const QUIC_V2_OLD_DRAFT = 0xff020000;
export const QUIC_Q050 = 0x51303530;
export const QUIC_T050 = 0x54303530;
export const QUIC_T051 = 0x54303531;
/** Upper three bytes of mvfst's versions, and of the drafts. */
export const QUIC_MVFST = 0xfaceb0;
export const QUIC_DRAFTS = 0xff0000;
/** "Q0" and "T0": the upper half of Google's versions. */
export const QUIC_GOOGLE_Q = 0x5130;
export const QUIC_GOOGLE_T = 0x5430;

/** Implementations that number versions of their own (Wireshark and the wiki of the working group know them): upper three bytes. */
const PICOQUIC = 0x504351;
const QUICLY = 0x91c170;
const MSQUIC = 0xabcd00;
const MOZQUIC = 0xf123f0;

/** 0x?a?a?a?a: sent to make servers answer with the versions they know (RFC 9000 section 15). */
export const isForcedNegotiation = (version: number): boolean => (version & 0x0f0f0f0f) === 0x0a0a0a0a;

/** @param version the four bytes as an unsigned number */
export function quicShape(version: number): QuicShape {
  if (version === QUIC_V1) return QUIC_IETF;
  if (version === QUIC_V2 || version === QUIC_V2_DRAFT || version === QUIC_V2_OLD_DRAFT) return QUIC_IETF_2;
  const high = version >>> 16;
  if (high === QUIC_GOOGLE_Q || high === QUIC_GOOGLE_T) return googleShape(version);
  if (version >>> 8 === QUIC_MVFST) return (version & 0xff) < 0x20 ? QUIC_IETF : QUIC_UNKNOWN;
  if (isPrivate(version)) return QUIC_IETF;
  if (version >>> 8 !== QUIC_DRAFTS) return QUIC_UNKNOWN;
  const draft = version & 0xff;
  if (draft >= 22 && draft <= 34) return QUIC_IETF;
  return draft >= 11 && draft < 22 ? QUIC_OLD_DRAFT : QUIC_UNKNOWN;
}

function isPrivate(version: number): boolean {
  const upper = version >>> 8;
  return upper === PICOQUIC || upper === QUICLY || upper === MSQUIC || upper === MOZQUIC;
}

/** Long headers came with Q044; what was before has Google's public header (gquic.ts). */
function googleShape(version: number): QuicShape {
  if (version === QUIC_Q050 || version === QUIC_T050 || version === QUIC_T051) return QUIC_IETF;
  if (version >>> 16 !== QUIC_GOOGLE_Q || ((version >>> 8) & 0xff) !== 0x34) return QUIC_UNKNOWN;
  const digit = (version & 0xff) - 0x30;
  if (digit === 9) return QUIC_GOOGLE_49;
  return digit >= 4 && digit <= 8 ? QUIC_GOOGLE_LONG : QUIC_UNKNOWN;
}

/** Is this what a Google version with CHLO messages looks like: Q and three digits from 009 to 050? */
export function isGoogleVersion(version: number): boolean {
  if (version >>> 16 !== QUIC_GOOGLE_Q) return false;
  const tens = ((version >>> 8) & 0xff) - 0x30;
  const units = (version & 0xff) - 0x30;
  const number = tens * 10 + units;
  return tens >= 0 && tens <= 5 && units >= 0 && units <= 9 && number >= 9 && number <= 50;
}
