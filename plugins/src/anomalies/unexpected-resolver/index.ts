// A client that has always asked the same name servers asks another one. Owns: which ones each client uses. Must not know: DNS over HTTPS or
// TLS, which hide that they are DNS. Bound: 1,024 clients, 16 name servers each; the client that asked longest ago goes.
import type { Detector, DnsAnswered, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { BoundedTable } from '../parts/bounded-table.js';
import { defineRule } from '../parts/define-rule.js';
import { hours, minutes } from '../parts/flow-words.js';
import { isLocalAddress } from '../parts/local-address.js';
import { Said } from '../parts/said.js';
import { rowsOf, savedRows } from '../parts/saved-rows.js';

const RULE = 'unexpected-resolver';
const CLIENTS = 1_024;
const SERVERS = 16;
/** Who asks so many is a name server itself. */
const RESOLVER_ASKS = 8;
/** Answers of one server after which a client is known to use it. */
const USUAL_ANSWERS = 50;
const VERSION = 1;
/** Of Google, Cloudflare, Quad9, OpenDNS, AdGuard, CleanBrowsing: people and programs ask them on purpose. */
const PUBLIC_RESOLVERS = new Set(
  (
    '8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 1.1.1.2 1.1.1.3 9.9.9.9 149.112.112.112 9.9.9.10 208.67.222.222 208.67.220.220 94.140.14.14 ' +
    '94.140.15.15 185.228.168.9 185.228.169.9 2001:4860:4860::8888 2001:4860:4860::8844 2606:4700:4700::1111 2606:4700:4700::1001 ' +
    '2620:fe::fe 2620:fe::9'
  ).split(' '),
);

export const unexpectedResolverPlugin = defineRule({
  rule: RULE,
  title: 'DNS to a name server that is not used otherwise',
  meaning:
    'A machine that has its name servers asked another one, outside the own network, and was answered: a program that goes around them, a ' +
    'setting that was changed, malware. Well-known public ones are information.',
  falsePositives:
    'Somebody tries dig; a VPN or another network brings its own name server; a phone that came home; programs with a fixed name server.',
  severity: 'warning',
  settings: {
    resolvers: { description: 'name servers that anybody may ask, by address', default: [] },
    answers: { description: 'answers of a new one before it is told', default: 3, least: 1, most: 1_000 },
    learn_minutes: {
      description: 'a client is watched so long before its other name servers are unexpected',
      default: 60,
      least: 0,
      most: 43_200,
    },
  },
  quietUs: hours(1),
  create: ({ resolvers, answers, learn_minutes }) =>
    new UnexpectedResolver(new Set(resolvers), answers, minutes(learn_minutes)),
});

interface Client {
  readonly firstUs: number;
  /** Answers of each name server. */
  readonly servers: Map<string, number>;
  /** Those it has always used: told never. */
  readonly usual: Set<string>;
}

class UnexpectedResolver implements Detector {
  readonly wants = ['dns.answered'] as const;
  readonly #clients = new BoundedTable<Client>(CLIENTS);
  readonly #said = new Said(minutes(10));
  readonly #allowed: ReadonlySet<string>;
  readonly #answers: number;
  readonly #learnUs: number;

  constructor(allowed: ReadonlySet<string>, answers: number, learnUs: number) {
    this.#allowed = allowed;
    this.#answers = answers;
    this.#learnUs = learnUs;
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events)
      if (event.kind === 'dns.answered' && event.protocol === 'dns' && event.server.port === 53) this.#note(event, out);
  }

  #note(event: DnsAnswered, out: EventWriter): void {
    const { ip } = event.server;
    const client = this.#clients.take(event.client.ip, () => newClient(event.tsUs));
    if (client.usual.has(ip) || this.#allowed.has(ip)) return;
    const count = (client.servers.get(ip) ?? 0) + 1;
    if (count === 1 && client.servers.size >= SERVERS) return;
    client.servers.set(ip, count);
    const isLearning = event.tsUs - client.firstUs < this.#learnUs || client.usual.size === 0;
    if (isLearning) {
      // With nothing to learn, the first one that answers is the usual one.
      if (count >= Math.min(USUAL_ANSWERS, this.#learnUs === 0 ? 1 : USUAL_ANSWERS)) client.usual.add(ip);
      return;
    }
    if (count < this.#answers || isLocalAddress(ip) || client.servers.size >= RESOLVER_ASKS) return;
    const key = `${event.client.ip} ${ip}`;
    if (this.#said.may(key, event.tsUs)) tell(event, client, count, key, out);
    // It goes on using it: that is how it is now.
    if (count >= USUAL_ANSWERS * 10) client.usual.add(ip);
  }

  save(): unknown {
    return savedRows(
      VERSION,
      this.#clients.newest(CLIENTS).map(([ip, { firstUs, usual }]) => [ip, firstUs, [...usual].slice(0, 4).join(' ')]),
    );
  }

  restore(saved: unknown): void {
    for (const [ip, firstUs, usual] of rowsOf(saved, VERSION, ['', 0, '']).slice(-CLIENTS)) {
      const client = newClient(Number(firstUs));
      for (const server of String(usual).split(' ').slice(0, 4)) if (server !== '') client.usual.add(server);
      this.#clients.set(String(ip).slice(0, 64), client);
    }
  }
}

const newClient = (firstUs: number): Client => ({ firstUs, servers: new Map(), usual: new Set() });

function tell(event: DnsAnswered, client: Client, count: number, key: string, out: EventWriter): void {
  const { ip } = event.server;
  out.write({
    kind: 'alert.raised',
    tsUs: event.tsUs,
    rule: RULE,
    severity: PUBLIC_RESOLVERS.has(ip) ? 'info' : 'warning',
    subject: event.client.ip,
    summary: `${event.client.ip} asks the name server ${ip}, which it does not use otherwise`,
    evidence: {
      client: event.client.ip,
      resolver: ip,
      answers: count,
      usual: [...client.usual].slice(0, 4).join(', '),
      name: event.name,
    },
    key,
    scope: { host: ip, port: 53, direction: 'out' },
  });
}
