// What opens Initial packets of each version of QUIC, and what the version is called. Must not know: packets. Bound: constant tables.
// Sources: RFC 9001 section 5.2, RFC 9369 section 3.3, draft-ietf-quic-tls-22 to -34, Chromium (Q050, T050, T051).
import {
  isForcedNegotiation,
  QUIC_DRAFTS,
  QUIC_GOOGLE_Q,
  QUIC_GOOGLE_T,
  QUIC_IETF,
  QUIC_MVFST,
  QUIC_Q050,
  QUIC_T050,
  QUIC_T051,
  QUIC_V1,
  QUIC_V2,
  QUIC_V2_DRAFT,
  QUIC_V2_OLD_DRAFT,
  quicShape,
} from './quic-versions.js';
import { HmacKey } from './sha256.js';

/** What makes the keys of Initial packets. */
export interface QuicSecrets {
  readonly salt: Buffer;
  /** Made of the salt. */
  readonly key: HmacKey;
  /** "quic" or, in version 2, "quicv2": before " key", " iv" and " hp". */
  readonly label: 'quic' | 'quicv2';
}

function secrets(hex: string, label: QuicSecrets['label'] = 'quic'): QuicSecrets {
  const salt = Buffer.from(hex, 'hex');
  return { salt, key: new HmacKey().set(salt), label };
}

const SECRETS_V1 = secrets('38762cf7f55934b34d179ae6a4c80cadccbb7f0a');
const SECRETS_29 = secrets('afbfec289993d24c9e9786f19c6111e04390a899');
const SECRETS_23 = secrets('c3eef712c72ebb5a11a7d2432bb46365bef9f502');
const SECRETS_22 = secrets('7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a');
const SECRETS_V2 = secrets('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'quicv2');
const SECRETS_V2_DRAFT = secrets('a707c203a59b47184a1d62ca570406ea7ae3e5d3', 'quicv2');
const SECRETS_Q050 = secrets('504574efd066fe2f9d945cfcdbd3a7f0d3b56b45');
const SECRETS_T050 = secrets('7ff579e5acd072915580304c43a2367c60488310');
const SECRETS_T051 = secrets('7a4edef4e7ccee5fa4506c19124fc8ccda6e033d');

const NONE: readonly QuicSecrets[] = [];
const EXACT = new Map<number, readonly QuicSecrets[]>([
  [QUIC_V1, [SECRETS_V1]],
  [QUIC_V2, [SECRETS_V2]],
  [QUIC_V2_DRAFT, [SECRETS_V2_DRAFT]],
  [QUIC_V2_OLD_DRAFT, [SECRETS_V2_DRAFT]],
  [QUIC_Q050, [SECRETS_Q050]],
  [QUIC_T050, [SECRETS_T050]],
  [QUIC_T051, [SECRETS_T051]],
  [0xfaceb001, [SECRETS_22]],
]);
const DRAFT_22 = [SECRETS_22];
const DRAFT_23 = [SECRETS_23];
const DRAFT_29 = [SECRETS_29];
const DRAFT_33 = [SECRETS_V1];
/** Of these it is not written down anywhere; the tag of the packet says which is right. */
const MVFST_SECRETS = [SECRETS_23, SECRETS_29, SECRETS_V1];
const UNKNOWN_SECRETS = [SECRETS_V1, SECRETS_29];

/** What to try, most likely first; empty when packets of this version cannot be opened. */
export function quicSecrets(version: number): readonly QuicSecrets[] {
  const exact = EXACT.get(version);
  if (exact !== undefined) return exact;
  if (version >>> 8 === QUIC_MVFST) return MVFST_SECRETS;
  if (version >>> 8 === QUIC_DRAFTS) {
    const draft = version & 0xff;
    if (draft < 22 || draft > 34) return NONE;
    if (draft === 22) return DRAFT_22;
    if (draft < 29) return DRAFT_23;
    return draft < 33 ? DRAFT_29 : DRAFT_33;
  }
  return isForcedNegotiation(version) || quicShape(version) === QUIC_IETF ? UNKNOWN_SECRETS : NONE;
}

/** 1 -> "1", 0xff00001d -> "draft-29", 0x51303436 -> "Q046", 0xfaceb002 -> "mvfst-2"; anything else "0x" and eight digits. */
export function quicVersionText(version: number): string {
  if (version === QUIC_V1) return '1';
  if (version === QUIC_V2) return '2';
  if (version === QUIC_V2_DRAFT || version === QUIC_V2_OLD_DRAFT) return '2-draft';
  if (version >>> 8 === QUIC_DRAFTS) return 'draft-'.concat(String(version & 0xff));
  if (version >>> 8 === QUIC_MVFST) return 'mvfst-'.concat((version & 0xff).toString(16));
  const high = version >>> 16;
  if (high === QUIC_GOOGLE_Q || high === QUIC_GOOGLE_T)
    return String.fromCharCode(version >>> 24, (version >>> 16) & 0xff, (version >>> 8) & 0xff, version & 0xff);
  return '0x'.concat(version.toString(16).padStart(8, '0'));
}
