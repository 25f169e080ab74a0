// The host names a certificate speaks for. Owns: what is taken from a subject. Bound: 17 names.
import type { CertificateDetails } from '@kaipo/core/api/index.js';

const COMMON_NAME = /(?:^|[,/] ?)CN ?= ?([^,/+]+)/;

/** The common name first, then the others; without "*.". */
export function certificateNames(certificate: CertificateDetails): string[] {
  const common = certificate.subject === undefined ? undefined : COMMON_NAME.exec(certificate.subject)?.[1]?.trim();
  const names = [...(common?.includes('.') ? [common] : []), ...(certificate.names ?? [])];
  return names.map((name) => (name.startsWith('*.') ? name.slice(2) : name));
}
