// Logins that anybody on the way can read. Owns: which protocols send the password as it is where kaipo knows a user name. Must not know, and
// nobody tells it: passwords. Bound: that of `Said`.
import type { Detector, EventWriter, FlowRecord, KaipoEvent } from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { flowEvidence, hours, scopeOf, serverText } from '../parts/flow-words.js';
import { isLocalAddress } from '../parts/local-address.js';
import { Said } from '../parts/said.js';

const RULE = 'cleartext-credentials';
/** Where their readers tell a user name, a password went the same way. */
const PROTOCOLS = new Set(['ftp', 'telnet', 'pop3', 'imap', 'smtp', 'ldap', 'http', 'rsh', 'socks', 'mqtt', 'stomp']);
/** FTP for everybody: there is no password. */
const ANONYMOUS = /^(anonymous|ftp|guest|-)?$/i;

export const cleartextCredentialsPlugin = defineRule({
  rule: RULE,
  title: 'Logins in clear text',
  meaning:
    'Somebody logged in over a connection without encryption: FTP, Telnet, POP3, IMAP, SMTP, LDAP, HTTP Basic, rsh, SOCKS, MQTT or STOMP. ' +
    'Whoever is on the way can read the password.',
  falsePositives:
    'The inside of a VPN or of a host looks the same where it is captured there. APOP sends no password. Within the own network it is ' +
    'information only.',
  severity: 'warning',
  settings: {
    ignored_protocols: { description: 'protocols that are not looked at: ["mqtt"]', default: [] },
  },
  quietUs: hours(24),
  create: ({ ignored_protocols }) => new CleartextCredentials(new Set(ignored_protocols)),
});

class CleartextCredentials implements Detector {
  readonly wants = ['flow.ended'] as const;
  readonly #said = new Said(hours(1));
  readonly #ignored: ReadonlySet<string>;

  constructor(ignored: ReadonlySet<string>) {
    this.#ignored = ignored;
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'flow.ended' || event.flow.userName === undefined) continue;
      const { flow } = event;
      if (!isClearLogin(flow) || this.#ignored.has(flow.protocol ?? '')) continue;
      const server = serverText(flow);
      const key = `${flow.client.ip} ${server}`;
      if (this.#said.may(key, event.tsUs))
        out.write({
          kind: 'alert.raised',
          tsUs: event.tsUs,
          rule: RULE,
          severity: isLocalAddress(flow.server.ip) ? 'info' : 'warning',
          subject: server,
          summary: `${flow.userName} logged in to ${server} over ${flow.protocol} without encryption`,
          evidence: { ...flowEvidence(flow), protocol: flow.protocol ?? '', user: flow.userName ?? '' },
          key,
          scope: scopeOf(flow),
        });
    }
  }
}

function isClearLogin(flow: FlowRecord): boolean {
  const { protocol = '', userName = '', tlsVersion } = flow;
  if (!PROTOCOLS.has(protocol) || tlsVersion !== undefined || ANONYMOUS.test(userName)) return false;
  // A tunnel around it was seen from outside: then it is not readable, or somebody broke it open.
  if (flow.tunnel?.some((name) => /ipsec|wireguard|esp/.test(name)) === true) return false;
  // NTLM is challenge and response: a domain stands before the name.
  return !(protocol === 'ldap' && userName.includes('\\'));
}
