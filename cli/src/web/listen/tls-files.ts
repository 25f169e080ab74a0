// Certificate and key of the web server. Owns every way in which they do not do, before a client meets it, and what a person should know
// of ones that do. Must not know where is listened. Bound: MAX_FILE_BYTES each.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { ApiConfig } from '@kaipo/core/config/kaipo-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { shellWord } from '../../output/runnable-command.js';

export interface TlsPair {
  /** PEM, the server's own certificate first. */
  readonly cert: string;
  readonly key: string;
  /** For a person: it has run out, or soon will. */
  readonly notes: readonly string[];
}

const MAX_FILE_BYTES = 1_000_000;
const DAY_MS = 86_400_000;
/** Renewals are made a month ahead; later than this somebody should look. */
const SOON_DAYS = 14;

/** Raises KAIPO_BAD_CONFIG for files that are missing, open to others, no PEM, locked, or of different pairs. */
export function readTls(api: Pick<ApiConfig, 'tlsCertFile' | 'tlsKeyFile'>, nowMs: number): TlsPair {
  const { tlsCertFile, tlsKeyFile } = api;
  if (tlsCertFile === undefined) throw lone('api.tls_key_file', 'api.tls_cert_file');
  if (tlsKeyFile === undefined) throw lone('api.tls_cert_file', 'api.tls_key_file');
  const cert = readPem(tlsCertFile, 'api.tls_cert_file');
  refuseOpenKey(tlsKeyFile);
  const key = readPem(tlsKeyFile, 'api.tls_key_file');
  const certificate = certificateOf(cert, tlsCertFile);
  if (!certificate.checkPrivateKey(keyOf(key, tlsKeyFile))) {
    throw bad(`the key in ${tlsKeyFile} does not belong to the certificate in ${tlsCertFile}`);
  }
  try {
    createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
  } catch (error) {
    throw bad(`${tlsCertFile}: OpenSSL refuses it (${safeText((error as Error).message, 200)})`);
  }
  return { cert, key, notes: timeNotes(certificate, tlsCertFile, nowMs) };
}

function readPem(path: string, name: string): string {
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > MAX_FILE_BYTES) throw bad(`${path} (${name}) is no PEM file`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof KaipoError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw bad(`there is no file ${path} (${name})`, `kaipo config set ${name} FILE`);
    }
    throw bad(`cannot read ${path} (${name}): ${code ?? 'unknown'}`, `ls -l ${shellWord(path)}`);
  }
}

/** 0600; or a file of root's that a group of the system may read, as Debian's ssl-cert has it. */
function refuseOpenKey(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || process.platform === 'win32') return;
  const allowed = stats.uid === 0 ? 0o040 : 0;
  if ((stats.mode & 0o077 & ~allowed) === 0) return;
  throw bad(`${path} holds a private key and is open to other users`, `chmod 600 ${shellWord(path)}`);
}

function certificateOf(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw bad(`${path} holds no certificate in PEM form`, `openssl x509 -in ${shellWord(path)} -noout -text`);
  }
}

function keyOf(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    if (/ENCRYPTED/.test(pem) || (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE') {
      const open = `(umask 077; openssl pkey -in ${shellWord(path)} -out kaipo-tls.key)`;
      throw bad(`the key in ${path} has a passphrase, and nobody is there to type it`, open);
    }
    throw bad(`${path} holds no private key in PEM form`, `openssl pkey -in ${shellWord(path)} -noout`);
  }
}

function timeNotes(certificate: X509Certificate, path: string, nowMs: number): string[] {
  const [fromMs, toMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (nowMs < fromMs) return [`the certificate in ${path} holds from ${certificate.validFrom} on: clients refuse it`];
  if (nowMs >= toMs) return [`the certificate in ${path} ran out on ${certificate.validTo}: clients refuse it`];
  const days = Math.floor((toMs - nowMs) / DAY_MS);
  return days < SOON_DAYS ? [`the certificate in ${path} runs out in ${days} days, on ${certificate.validTo}`] : [];
}

const bad = (message: string, fix?: string): KaipoError => new KaipoError('KAIPO_BAD_CONFIG', message, fix);
const lone = (set: string, missing: string): KaipoError =>
  bad(`${set} is set and ${missing} is not: TLS takes both`, `kaipo config set ${missing} FILE`);
