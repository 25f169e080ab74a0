// Data inside names: many long names under one domain, each asked for once. Owns: what makes a tunnel of that. Must not know: wire formats.
// Bound: 512 pairs of client and domain, each a `TunnelWindow`; what was asked longest ago goes. Names with less than 16 characters below the
// registered domain cost a look and no room.
import type { Detector, DnsAnswered, DnsAsked, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { BoundedTable } from '../parts/bounded-table.js';
import { defineRule } from '../parts/define-rule.js';
import { minutes, seconds } from '../parts/flow-words.js';
import { plainName, registeredAt } from '../parts/registered-domain.js';
import { Said } from '../parts/said.js';
import { REPUTATION_SERVICES } from './reputation-services.js';
import { TunnelWindow } from './tunnel-window.js';

const RULE = 'dns-tunnel';
const PAIRS = 512;
const LEAST_SUB = 16;
/** Of letters and digits alike: hexadecimal has 4, base32 5. Words have 3.9 to 4.2: alone it proves nothing. */
const LEAST_ENTROPY = 3.3;
/** A name nearly never comes twice. Caches make that of CDN names too. */
const LEAST_FRESH = 0.8;
/** Without room for data in the answer, only names carry any: these must be long. */
const LEAST_MEAN_PLAIN = 40;
const LEAST_MEAN_ROOMY = 20;
/** So much within the window is beyond doubt. */
const GRAVE_CHARACTERS = 40_000;

export const dnsTunnelPlugin = defineRule({
  rule: RULE,
  title: 'Tunnels in DNS',
  meaning:
    'One client asked for many long names under one domain, none twice, as programs do that carry data inside DNS: to get past a firewall, ' +
    'or to take data out. iodine, dnscat2, dns2tcp and malware do that.',
  falsePositives:
    'Anti-virus programs and mail filters ask about files and senders this way; the known ones are left out, others belong into ' +
    'ignored_domains. Few questions are never enough.',
  severity: 'warning',
  settings: {
    names: { description: 'different long names under one domain within the window', default: 40, least: 5, most: 120 },
    characters: {
      description: 'characters in them within the window, together',
      default: 2_000,
      least: 100,
      most: 1e6,
    },
    window_minutes: { description: 'how long the window is', default: 5, least: 1, most: 60 },
    ignored_domains: { description: 'domains that are not looked at: ["example.com"]', default: [] },
  },
  quietUs: minutes(10),
  create: (settings) => new DnsTunnel(settings),
});

interface DnsTunnelSettings {
  readonly names: number;
  readonly characters: number;
  readonly window_minutes: number;
  readonly ignored_domains: readonly string[];
}

class DnsTunnel implements Detector {
  readonly wants = ['dns.asked', 'dns.answered'] as const;
  readonly #settings: DnsTunnelSettings;
  readonly #windows = new BoundedTable<TunnelWindow>(PAIRS);
  readonly #said = new Said(minutes(1));
  readonly #ignored: ReadonlySet<string>;

  constructor(settings: DnsTunnelSettings) {
    this.#settings = settings;
    this.#ignored = new Set([...REPUTATION_SERVICES, ...settings.ignored_domains.map(plainName)]);
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'dns.asked' && event.kind !== 'dns.answered') continue;
      if (event.name.length < LEAST_SUB || event.protocol !== 'dns') continue;
      this.#note(event, out);
    }
  }

  #note(event: DnsAsked | DnsAnswered, out: EventWriter): void {
    const name = plainName(event.name);
    const domainAt = registeredAt(name);
    if (domainAt < LEAST_SUB || this.#isIgnored(name)) return;
    const domain = name.slice(domainAt);
    const key = `${event.client.ip} ${domain}`;
    let window = this.#windows.use(key);
    if (window === undefined || event.tsUs - window.startUs > minutes(this.#settings.window_minutes)) {
      window = new TunnelWindow(event.tsUs);
      this.#windows.set(key, window);
    }
    if (event.kind === 'dns.asked') {
      window.ask(name.slice(0, domainAt), event.qtype);
      return;
    }
    window.answer(lengthOf(event.answers), event.rcode === 'NXDOMAIN');
    // Questions that were not captured: the answer repeats them.
    if (window.questions < window.answers) window.ask(name.slice(0, domainAt), event.qtype);
    if (this.#isTunnel(window) && this.#said.may(key, event.tsUs)) tell(event, domain, key, window, out);
  }

  #isTunnel(window: TunnelWindow): boolean {
    const { names, characters } = this.#settings;
    if (window.names < names || window.upCharacters < characters) return false;
    // Names that are not there bring nothing back: a list that is tried, or a search domain.
    if (window.missing > window.answers * 0.8) return false;
    const leastMean = window.roomyShare > 0.3 ? LEAST_MEAN_ROOMY : LEAST_MEAN_PLAIN;
    if (window.meanCharacters < leastMean) return false;
    return window.freshShare >= LEAST_FRESH && window.entropy >= LEAST_ENTROPY;
  }

  #isIgnored(name: string): boolean {
    for (let at = 0; at >= 0 && at < name.length; ) {
      if (this.#ignored.has(name.slice(at))) return true;
      const dot = name.indexOf('.', at);
      if (dot < 0) return false;
      at = dot + 1;
    }
    return false;
  }
}

function lengthOf(answers: readonly string[]): number {
  let characters = 0;
  for (const answer of answers) characters += answer.length;
  return characters;
}

function tell(event: DnsAnswered, domain: string, key: string, window: TunnelWindow, out: EventWriter): void {
  const { ip } = event.client;
  const carried = window.upCharacters + window.downCharacters;
  out.write({
    kind: 'alert.raised',
    tsUs: event.tsUs,
    rule: RULE,
    severity: carried >= GRAVE_CHARACTERS ? 'critical' : 'warning',
    subject: domain,
    summary: `${ip} carries data in names under ${domain}: ${window.questions} questions of ${Math.round(window.meanCharacters)} characters`,
    evidence: {
      client: ip,
      resolver: event.server.ip,
      domain,
      questions: window.questions,
      overSeconds: seconds(event.tsUs - window.startUs),
      namesAtLeast: window.names,
      charactersOut: window.upCharacters,
      charactersIn: window.downCharacters,
      longestLabel: window.longestLabel,
      entropyBits: Math.round(window.entropy * 100) / 100,
      types: window.typesText,
      example: `${window.example}${domain}`.slice(0, 120),
    },
    key,
    scope: { host: ip, port: 53, direction: 'out' },
  });
}
