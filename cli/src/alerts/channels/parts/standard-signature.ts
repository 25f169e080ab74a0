// Signatures of Standard Webhooks 1.0.0, symmetric (v1). Owns the form of a secret and of a signature.
import { createHmac } from 'node:crypto';
import { KaipoError } from '@kaipo/core/kernel/errors.js';

const LEAST_BYTES = 24;
const MOST_BYTES = 64;
/** While one replaces the other; more is a mistake. */
const MAX_SECRETS = 4;

/**
 * Secrets of a file, one a line, each "whsec_" and base64; two while one replaces the other. Raises KAIPO_BAD_CONFIG.
 * @param origin names the file, for the message; a secret never stands in one.
 */
export function webhookSecrets(text: string, origin: string): readonly Buffer[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0 || lines.length > MAX_SECRETS) throw noSecret(`${origin} must hold 1 to ${MAX_SECRETS} lines`);
  return lines.map((line) => {
    const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
    const key = Buffer.from(encoded ?? '', 'base64');
    if (key.length >= LEAST_BYTES && key.length <= MOST_BYTES) return key;
    throw noSecret(
      `${origin} holds a line that is no secret: "whsec_" and ${LEAST_BYTES} to ${MOST_BYTES} bytes in base64`,
    );
  });
}

/** The value of webhook-signature: one signature a secret. */
export function webhookSignature(id: string, timestampS: number, body: string, secrets: readonly Buffer[]): string {
  return secrets
    .map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestampS}.${body}`).digest('base64')}`)
    .join(' ');
}

const noSecret = (message: string): KaipoError =>
  new KaipoError('KAIPO_BAD_CONFIG', message, '(umask 077; echo "whsec_$(openssl rand -base64 32)" > webhook.secret)');
