// Numbers of TLS and DTLS as they are called: versions, and the reserved values that mean nothing. Must not know: messages.
// RFC 8446, RFC 9147, RFC 8701 (GREASE); IANA "TLS Parameters". Bound: constant tables.
/** @hot */

export const SSL2 = 0x0002;
export const SSL3 = 0x0300;
export const TLS10 = 0x0301;
export const TLS11 = 0x0302;
export const TLS12 = 0x0303;
export const TLS13 = 0x0304;
/** What came before RFC 4347; Cisco's AnyConnect still says it. */
export const DTLS_OLD = 0x0100;
export const DTLS10 = 0xfeff;
export const DTLS12 = 0xfefd;
export const DTLS13 = 0xfefc;

/** Draft versions of 1.3: 0x7f00 and the draft's number, 0x7e02 in BoringSSL, 0xfb00 and a number in Facebook's fizz. */
export const isTls13Draft = (version: number): boolean =>
  (version >= 0x7f0e && version <= 0x7f1c) || version >> 8 === 0x7e || (version >= 0xfb17 && version <= 0xfb1f);

/** 0x0a0a, 0x1a1a … 0xfafa: sent to keep servers tolerant (RFC 8701). */
export const isGrease = (value: number): boolean => (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);

const VERSION_NAMES: Readonly<Record<number, string>> = {
  [SSL2]: 'ssl2',
  [SSL3]: 'ssl3',
  [TLS10]: '1.0',
  [TLS11]: '1.1',
  [TLS12]: '1.2',
  [TLS13]: '1.3',
  [DTLS_OLD]: 'dtls1.0',
  [DTLS10]: 'dtls1.0',
  [DTLS12]: 'dtls1.2',
  [DTLS13]: 'dtls1.3',
};

/** 0x0303 -> "1.2", a draft of 1.3 -> "1.3", 0xfefd -> "dtls1.2", 0x0300 -> "ssl3"; what nobody defined: undefined. */
export const tlsVersionText = (version: number): string | undefined =>
  isTls13Draft(version) ? '1.3' : VERSION_NAMES[version];
