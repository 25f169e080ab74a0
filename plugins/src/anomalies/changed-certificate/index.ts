// A server's certificate is suddenly vouched for by somebody nobody else uses. Owns: who vouched for whom so far. Bound: 1,024 servers and 256
// issuers; those seen longest ago go.
import type { Detector, EventWriter, FlowRecord, KaipoEvent } from '@kaipo/core/api/index.js';
import { BoundedTable } from '../parts/bounded-table.js';
import { defineRule } from '../parts/define-rule.js';
import { flowEvidence, hours, scopeOf, serverText } from '../parts/flow-words.js';
import { isLocalAddress } from '../parts/local-address.js';
import { rowsOf, savedRows } from '../parts/saved-rows.js';

const RULE = 'changed-certificate';
const SERVERS = 1_024;
const ISSUERS = 256;
const MAX_TEXT = 80;
/** Who vouches for so many from the beginning is an authority. */
const AUTHORITY = 2;
const VERSION = 1;

export const changedCertificatePlugin = defineRule({
  rule: RULE,
  title: 'Certificates by another issuer',
  meaning:
    'A server whose certificate was issued by one authority showed one that vouches for itself, or by an issuer that no other server was ' +
    'first seen with: connections may be opened on the way.',
  falsePositives:
    'A change to an authority that was not seen before; an anti-virus program or company proxy that was just installed. TLS 1.3 hides ' +
    'certificates: there nothing is seen.',
  severity: 'warning',
  settings: {},
  quietUs: hours(24),
  create: () => new ChangedCertificate(),
});

class ChangedCertificate implements Detector {
  readonly wants = ['flow.ended'] as const;
  readonly #issuers = new BoundedTable<string>(SERVERS);
  /** How many servers were first seen with it. */
  readonly #firstOf = new BoundedTable<number>(ISSUERS);

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'flow.ended' || event.flow.certificate === undefined) continue;
      if (event.flow.serverName === undefined || event.flow.serverNameFrom !== 'sni') continue;
      const issuer = event.flow.certificate.issuer?.slice(0, MAX_TEXT);
      if (issuer !== undefined) this.#note(event.flow, event.tsUs, issuer, out);
    }
  }

  #note(flow: FlowRecord, tsUs: number, issuer: string, out: EventWriter): void {
    const server = serverText(flow).slice(0, MAX_TEXT);
    const before = this.#issuers.use(server);
    if (before === issuer) return;
    const isSelfSigned = flow.certificate?.subject?.slice(0, MAX_TEXT) === issuer;
    const servers = this.#firstOf.use(issuer) ?? 0;
    this.#issuers.set(server, issuer);
    if (before === undefined) {
      this.#firstOf.set(issuer, servers + 1);
      return;
    }
    if (!isSelfSigned && servers >= AUTHORITY) return;
    out.write({
      kind: 'alert.raised',
      tsUs,
      rule: RULE,
      severity: isLocalAddress(flow.server.ip) ? 'info' : 'warning',
      subject: server,
      summary: `${server} showed ${flow.client.ip} a certificate ${isSelfSigned ? 'that vouches for itself' : `by ${issuer}, which was never seen before`}`,
      evidence: {
        ...flowEvidence(flow),
        issuer,
        issuerBefore: before,
        serversOfIssuer: servers,
        ...(flow.certificate?.subject === undefined ? {} : { subject: flow.certificate.subject }),
      },
      // Who opens connections on the way opens those to many servers: one incident.
      key: isSelfSigned ? server : issuer,
      scope: scopeOf(flow),
    });
  }

  save(): unknown {
    const servers = this.#issuers.newest(SERVERS).map(([server, issuer]) => ['server', server, issuer]);
    const issuers = this.#firstOf.newest(ISSUERS).map(([issuer, count]) => ['issuer', issuer, String(count)]);
    return savedRows(VERSION, [...servers, ...issuers]);
  }

  restore(saved: unknown): void {
    for (const [what, name, value] of rowsOf(saved, VERSION, ['', '', '']).slice(0, SERVERS + ISSUERS)) {
      const key = String(name).slice(0, MAX_TEXT);
      if (what === 'server') this.#issuers.set(key, String(value).slice(0, MAX_TEXT));
      else if (what === 'issuer' && Number(value) > 0) this.#firstOf.set(key, Number(value));
    }
  }
}
