// TLS that protects little: versions that are broken or withdrawn, ciphers that hide nothing. Judges what was agreed upon, never what was
// offered. Owns: which are weak and how badly. Bound: that of `Said`.
import type { AlertRaised, Detector, EventWriter, FlowRecord, KaipoEvent, Severity } from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { flowEvidence, hours, scopeOf, serverText } from '../parts/flow-words.js';
import { isLocalAddress } from '../parts/local-address.js';
import { Said } from '../parts/said.js';

const RULE = 'weak-tls';
/** Read by anybody who listens, or known to be broken: RFC 6176, 7568, 7465. */
const BROKEN_VERSIONS = new Set(['ssl2', 'ssl3']);
const BROKEN_CIPHER = /_(NULL|EXPORT\w*|anon|RC4|RC2|DES|DES40)_|_WITH_NULL|_anon/;
/** Withdrawn (RFC 8996), or too small a block (RFC 9325): weak, and common on old devices. */
const OLD_VERSIONS = new Set(['1.0', '1.1', 'dtls1.0']);
const OLD_CIPHER = /_3DES_/;

export const weakTlsPlugin = defineRule({
  rule: RULE,
  title: 'Weak TLS: withdrawn versions, broken ciphers',
  meaning:
    'A connection was agreed upon that somebody on the way may be able to read or change: SSL 2 or 3, or a cipher without encryption or ' +
    'with a broken one (warning); TLS 1.0, TLS 1.1 or 3DES (information).',
  falsePositives:
    'Old printers, cameras and appliances speak nothing newer. Inside the own network it is information only.',
  severity: 'warning',
  settings: {},
  quietUs: hours(24),
  create: () => new WeakTls(),
});

class WeakTls implements Detector {
  readonly wants = ['flow.ended'] as const;
  readonly #said = new Said(hours(1));

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'flow.ended' || event.flow.tlsVersion === undefined) continue;
      const weakness = weaknessOf(event.flow);
      if (weakness === undefined) continue;
      const key = serverText(event.flow);
      if (this.#said.may(key, event.tsUs)) out.write(finding(event.flow, event.tsUs, key, weakness));
    }
  }
}

interface Weakness {
  readonly severity: Severity;
  readonly what: string;
}

function weaknessOf(flow: FlowRecord): Weakness | undefined {
  const { tlsVersion = '', tlsCipher = '' } = flow;
  const isBrokenVersion = BROKEN_VERSIONS.has(tlsVersion);
  if (isBrokenVersion || BROKEN_CIPHER.test(tlsCipher))
    return {
      severity: isLocalAddress(flow.server.ip) ? 'info' : 'warning',
      what: isBrokenVersion ? versionText(tlsVersion) : tlsCipher,
    };
  if (OLD_VERSIONS.has(tlsVersion)) return { severity: 'info', what: versionText(tlsVersion) };
  return OLD_CIPHER.test(tlsCipher) ? { severity: 'info', what: tlsCipher } : undefined;
}

const versionText = (version: string): string =>
  /^\d/.test(version) ? `TLS ${version}` : version.replace(/^(ssl|dtls)/, (name) => `${name.toUpperCase()} `);

const finding = (flow: FlowRecord, tsUs: number, key: string, weakness: Weakness): AlertRaised => ({
  kind: 'alert.raised',
  tsUs,
  rule: RULE,
  severity: weakness.severity,
  subject: key,
  summary: `${flow.client.ip} and ${key} agreed upon ${weakness.what}`,
  evidence: {
    ...flowEvidence(flow),
    version: versionText(flow.tlsVersion ?? ''),
    ...(flow.tlsCipher === undefined ? {} : { cipher: flow.tlsCipher }),
  },
  key,
  scope: scopeOf(flow),
});
