// Many different names that do not exist, asked for by one client within minutes. Owns: how many are too many. Bound: `MissingNamesByClient`.
import type { Detector, EventWriter, KaipoEvent } from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { minutes } from '../parts/flow-words.js';
import { MissingNamesByClient } from '../parts/missing-names.js';
import { Said } from '../parts/said.js';

const RULE = 'nxdomain-burst';

export const nxdomainBurstPlugin = defineRule({
  rule: RULE,
  title: 'Bursts of names that do not exist',
  meaning:
    'One client asked for a great many different names that do not exist, and little else: malware that looks for its server, somebody who ' +
    'guesses names, an attack on a name server, or a program with a broken list.',
  falsePositives:
    'Mail servers ask block lists, which answer so (such names are not counted); a crawler with dead links; a resolver that asks for many ' +
    'clients; a name that gets the search domains of the network appended.',
  severity: 'warning',
  settings: {
    names: { description: 'different names within the window', default: 100, least: 5, most: 250 },
    window_minutes: { description: 'how long the window is', default: 10, least: 1, most: 120 },
    share: {
      description: 'of all answers to the client, so many say that the name does not exist',
      default: 0.5,
      least: 0,
      most: 1,
    },
  },
  quietUs: minutes(15),
  create: ({ names, window_minutes, share }) => new NxdomainBurst(names, window_minutes, share),
});

class NxdomainBurst implements Detector {
  readonly wants = ['dns.answered'] as const;
  readonly #said = new Said(minutes(1));
  readonly #clients: MissingNamesByClient;
  readonly #names: number;
  readonly #windowMinutes: number;
  readonly #share: number;

  constructor(names: number, windowMinutes: number, share: number) {
    this.#clients = new MissingNamesByClient(minutes(windowMinutes));
    this.#names = names;
    this.#windowMinutes = windowMinutes;
    this.#share = share;
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'dns.answered') continue;
      const client = this.#clients.note(event);
      if (client === undefined || client.names.size < this.#names) continue;
      if (client.missing < client.answers * this.#share) continue;
      const { ip } = event.client;
      if (!this.#said.may(ip, event.tsUs)) continue;
      out.write({
        kind: 'alert.raised',
        tsUs: event.tsUs,
        rule: RULE,
        severity: 'warning',
        subject: ip,
        summary: `${ip} asked for ${client.names.size} names that do not exist within ${this.#windowMinutes} minutes`,
        evidence: {
          client: ip,
          resolver: event.server.ip,
          names: client.names.size,
          domains: client.domains.size,
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
