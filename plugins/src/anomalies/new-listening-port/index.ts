// A port of this host that was never answered before is answered now. Owns: what an answer is: a refusal is none. Bound: PORTS names.
import type { Detector, EventWriter, FlowRecord, KaipoEvent } from '@kaipo/core/api/index.js';
import { defineRule, type SettingValues } from '../parts/define-rule.js';
import { KnownNames } from '../parts/known-names.js';
import { DAY_US, learnDays } from '../parts/learn-days.js';

const SETTINGS = {
  ignore: { description: 'ports nothing is said of, as "8080" or "udp/5353"', default: [] },
  learn_days: learnDays(3),
};
type Values = SettingValues<typeof SETTINGS>;

const PORTS = 1024;
/** From here on the kernel gives ports to clients: a datagram that comes there is an answer, seen from the wrong side. */
const FIRST_EPHEMERAL = 32_768;
/** SYN-ACK and something after it; a reset is one packet. */
const MIN_ANSWERS = 2;

export const newListeningPortPlugin = defineRule({
  rule: 'new-listening-port',
  title: 'This host answers on a port where it never answered before',
  meaning:
    'Somebody connected to a port of this host and a program answered, for the first time: a new service, or one that should not be reachable.',
  falsePositives: 'A service you have just started; transfers that open a port for each file.',
  severity: 'info',
  settings: SETTINGS,
  quietUs: 3600e6,
  learnsUs: ({ learn_days }) => learn_days * DAY_US,
  create: (values) => new NewListeningPort(values),
});

class NewListeningPort implements Detector {
  readonly wants = ['flow.ended'] as const;
  readonly #ignored: ReadonlySet<string>;
  readonly #known: KnownNames;

  constructor({ ignore, learn_days }: Values) {
    this.#ignored = new Set(ignore);
    this.#known = new KnownNames(learn_days * DAY_US, PORTS);
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'flow.ended') continue;
      const { flow, tsUs } = event;
      this.#known.begin(tsUs);
      const { port } = flow.server;
      if (port === undefined || flow.localSide !== 'server' || !isAnswered(flow, port)) continue;
      const name = `${flow.transport}/${port}`;
      if (this.#known.meet(name, tsUs) !== 'new') continue;
      if (this.#ignored.has(name) || this.#ignored.has(String(port))) continue;
      const app = flow.owner?.app;
      out.write({
        kind: 'alert.raised',
        tsUs,
        rule: 'new-listening-port',
        severity: 'info',
        subject: name,
        scope: { host: flow.client.ip, port, direction: 'in', ...(app !== undefined && { app }) },
        summary: `${app ?? 'a program'} answers on ${name} of this host for the first time; ${flow.client.ip} asked`,
        evidence: {
          port,
          transport: flow.transport,
          ...(app !== undefined && { app }),
          ...(flow.owner?.exe !== undefined && { exe: flow.owner.exe }),
          ...(flow.protocol !== undefined && { protocol: flow.protocol }),
          client: flow.client.ip,
          address: flow.server.ip,
          answeredBytes: flow.server.bytes,
        },
      });
    }
  }

  save(): unknown {
    return this.#known.save();
  }

  restore(saved: unknown): void {
    this.#known.restore(saved);
  }
}

function isAnswered({ transport, server, health }: FlowRecord, port: number): boolean {
  if (transport === 'udp') return port < FIRST_EPHEMERAL && server.packets > 0;
  return transport === 'tcp' && (health?.serverHandshakeUs !== undefined || server.packets >= MIN_ANSWERS);
}
