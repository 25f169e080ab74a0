// Relays of the Tor network, by the certificates they make up: subject www.<letters>.net and issuer www.<letters>.com, 8 to 20 random
// letters of base32 each, and nothing else in either name (tor-spec, "Negotiating and initializing channels"; up to TLS 1.2).
import type { CertificateFacts } from '@kaipo/core/wire/x509.js';

const SUBJECT = /^CN=www\.[a-z2-7]{8,20}\.net$/;
const ISSUER = /^CN=www\.[a-z2-7]{8,20}\.com$/;
const ASKED = /^www\.[a-z2-7]{4,25}\.com$/;

/** @param asked name the client asked for: it makes one up too, or none. */
export const isTorCertificate = (certificate: CertificateFacts, asked: string | undefined): boolean =>
  certificate.names === undefined &&
  SUBJECT.test(certificate.subject ?? '') &&
  ISSUER.test(certificate.issuer ?? '') &&
  (asked === undefined || ASKED.test(asked));
