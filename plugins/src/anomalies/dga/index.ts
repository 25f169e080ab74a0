// Names that a program made up, one domain after the other, until one exists: how malware finds its server. Owns: how many, and how strange.
// Bound: `MissingNamesByClient`.
import type { Detector, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { minutes } from '../parts/flow-words.js';
import { MissingNamesByClient } from '../parts/missing-names.js';
import { strangeness } from '../parts/name-shape.js';
import { Said } from '../parts/said.js';

const RULE = 'dga';
/** So many times the least is beyond doubt. */
const GRAVE = 3;

export const dgaPlugin = defineRule({
  rule: RULE,
  title: 'Generated domain names (DGA)',
  meaning:
    'One client asked for many different domains that nobody has registered and that look like random letters. Malware does that to find ' +
    'a server whose address is not in the program.',
  falsePositives:
    'Security scanners and tests of DNS servers. Names of words put together are not recognised; single labels, with which browsers try ' +
    'the network, are not counted.',
  severity: 'warning',
  settings: {
    domains: { description: 'different unregistered domains within the window', default: 12, least: 4, most: 250 },
    window_minutes: { description: 'how long the window is', default: 10, least: 1, most: 120 },
    strangeness: {
      description: 'mean share of pairs of letters that no word has, 0 to 1: words have 0.2, random letters 0.7',
      default: 0.5,
      least: 0.3,
      most: 1,
    },
  },
  quietUs: minutes(30),
  create: ({ domains, window_minutes, strangeness }) => new Dga(domains, window_minutes, strangeness),
});

class Dga implements Detector {
  readonly wants = ['dns.answered'] as const;
  readonly #said = new Said(minutes(1));
  readonly #clients: MissingNamesByClient;
  readonly #domains: number;
  readonly #strangeness: number;

  constructor(domains: number, windowMinutes: number, leastStrangeness: number) {
    this.#clients = new MissingNamesByClient(minutes(windowMinutes), domainStrangeness);
    this.#domains = domains;
    this.#strangeness = leastStrangeness;
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'dns.answered') continue;
      const client = this.#clients.note(event);
      if (client === undefined || client.domains.size < this.#domains) continue;
      const strange = client.weight / client.domains.size;
      if (strange < this.#strangeness) continue;
      const { ip } = event.client;
      if (!this.#said.may(ip, event.tsUs)) continue;
      out.write({
        kind: 'alert.raised',
        tsUs: event.tsUs,
        rule: RULE,
        severity: client.domains.size >= this.#domains * GRAVE ? 'critical' : 'warning',
        subject: ip,
        summary: `${ip} asked for ${client.domains.size} unregistered domains that look generated`,
        evidence: {
          client: ip,
          resolver: event.server.ip,
          domains: client.domains.size,
          strangeness: Math.round(strange * 100) / 100,
          answers: client.answers,
          missing: client.missing,
          examples: client.examples.join(', '),
        },
        key: ip,
        scope: { host: ip },
      });
    }
  }
}

/** Of the label that was registered: "qxkzvjw" of "www.qxkzvjw.com". */
function domainStrangeness(name: string, domainAt: number): number {
  const dot = name.indexOf('.', domainAt);
  return strangeness(name.slice(domainAt, dot < 0 ? undefined : dot));
}
