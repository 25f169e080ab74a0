// Headers every answer has. Owns what a browser may do with an answer: data runs nothing and loads nothing, pages load their own files
// alone, nobody frames either. No Strict-Transport-Security: the certificate may be one's own, and a browser that was told never to
// look past it shuts a person out of the whole host when it runs out.

/** Of answers that are data. */
export const DATA_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

/** Of pages made of files of this server: no inline script, no inline style, no other place. */
export const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** What every browser knows of; a name it does not know is a complaint in its console. */
const PERMISSIONS =
  'accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()';

/** A route may say otherwise of cache-control and, for a page, of the policy. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': DATA_CSP,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': PERMISSIONS,
  'cache-control': 'no-store',
  vary: 'Origin',
};
