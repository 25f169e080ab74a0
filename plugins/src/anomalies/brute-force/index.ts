// Logins tried one after the other: many short connections to one login service, or HTTP requests that are refused for their password.
// Owns: which services these are, what a try looks like, how many are too many. Must not know passwords; a try that succeeds looks like
// the others. Bound: PAIRS pairs of client and server, and `Said`.
import type { Detector, Endpoint, EventWriter, FlowRecord, HttpExchanged, KaipoEvent } from '@kaipo/core/api/index.js';
import { BoundedTable } from '../parts/bounded-table.js';
import { defineRule } from '../parts/define-rule.js';
import { Said } from '../parts/said.js';
import { minutes } from '../parts/scan-words.js';

const RULE = 'brute-force';
const PAIRS = 4096;
const WINDOW_US = minutes(1);
const AGAIN_US = 10e6;
/** By port; a protocol that was recognised by what it says counts on any port. */
const LOGIN_PORTS: Readonly<Record<number, string>> = { 22: 'ssh', 23: 'telnet', 3389: 'rdp', 5900: 'vnc', 21: 'ftp' };
const LOGIN_PROTOCOLS = new Set(['ssh', 'rdp', 'telnet', 'vnc', 'ftp']);
/** A try is over soon and moves little: what is longer or larger was let in. */
const TRY_US = 30e6;
const TRY_BYTES = 12_000;
/** Who is let in most of the time is no guesser: a program that opens a connection for each command. */
const TRY_SHARE = 0.9;
/** Answered connections of one try each have so many packets from the client at least. */
const TRY_PACKETS = 4;

interface Tries {
  fromUs: number;
  tries: number;
  others: number;
}

export const bruteForcePlugin = defineRule({
  rule: RULE,
  title: 'Guessing of passwords',
  meaning:
    'One host logged in to another again and again within a minute, and each time was sent away: ssh, rdp, telnet, vnc, ftp, or HTTP that ' +
    'answered 401 or 407. Somebody goes through a list of passwords.',
  falsePositives:
    'A program with an old password. Deployment tools and backups that open a connection for each command look alike for ssh when each is ' +
    'short: raise "tries" or mute the host. HTTP clients that are always asked once are not counted.',
  severity: 'warning',
  settings: {
    tries: { description: 'short connections to one login service within a minute', default: 15, least: 3, most: 1000 },
    http_tries: { description: 'refused HTTP requests within a minute', default: 30, least: 5, most: 10_000 },
  },
  quietUs: minutes(10),
  create: ({ tries, http_tries }) => new BruteForce(tries, http_tries),
});

class BruteForce implements Detector {
  readonly wants = ['flow.ended', 'http.exchanged'] as const;
  readonly #pairs = new BoundedTable<Tries>(PAIRS);
  readonly #said = new Said(AGAIN_US);
  readonly #least: number;
  readonly #httpLeast: number;

  constructor(least: number, httpLeast: number) {
    this.#least = least;
    this.#httpLeast = httpLeast;
  }

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind === 'flow.ended') this.#onFlow(event.flow, event.tsUs, out);
      else if (event.kind === 'http.exchanged') this.#onRequest(event, out);
    }
  }

  #onFlow(flow: FlowRecord, tsUs: number, out: EventWriter): void {
    const service = serviceOf(flow);
    if (service === undefined || flow.server.packets === 0 || flow.client.packets < TRY_PACKETS) return;
    const isTry = flow.endUs - flow.startUs < TRY_US && flow.client.bytes + flow.server.bytes < TRY_BYTES;
    this.#count({ client: flow.client, server: flow.server, service, isTry, tsUs, least: this.#least, flow }, out);
  }

  #onRequest({ client, server, status, tsUs }: HttpExchanged, out: EventWriter): void {
    if (status === undefined) return;
    const isTry = status === 401 || status === 407;
    this.#count({ client, server, service: 'http', isTry, tsUs, least: this.#httpLeast }, out);
  }

  #count(one: Counted, out: EventWriter): void {
    const { client, server, service, isTry, tsUs, least, flow } = one;
    const key = `${client.ip} ${server.ip} ${service} ${server.port ?? ''}`;
    // Only who has been refused is worth an entry.
    const tries = isTry ? this.#pairs.take(key, () => ({ fromUs: tsUs, tries: 0, others: 0 })) : this.#pairs.peek(key);
    if (tries === undefined) return;
    if (Math.abs(tsUs - tries.fromUs) >= WINDOW_US) Object.assign(tries, { fromUs: tsUs, tries: 0, others: 0 });
    if (isTry) tries.tries += 1;
    else tries.others += 1;
    const total = tries.tries + tries.others;
    if (tries.tries < least || tries.tries / total < TRY_SHARE || !this.#said.may(key, tsUs)) return;
    out.write({
      kind: 'alert.raised',
      tsUs,
      rule: RULE,
      severity: 'warning',
      subject: client.ip,
      key,
      summary: `${client.ip} tried to log in to ${server.ip} (${service}) ${tries.tries} times within a minute`,
      evidence: {
        target: server.ip,
        ...(server.port === undefined ? {} : { port: server.port }),
        service,
        tries: tries.tries,
        seconds: Math.round((tsUs - tries.fromUs) / 1e6),
        since: new Date(tries.fromUs / 1000).toISOString(),
      },
      scope: {
        host: client.ip,
        ...(server.port === undefined ? {} : { port: server.port }),
        ...(flow?.interface === undefined ? {} : { interface: flow.interface }),
        ...(flow?.localSide === undefined ? {} : { direction: flow.localSide === 'client' ? 'out' : 'in' }),
      },
    });
  }
}

interface Counted {
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly service: string;
  readonly isTry: boolean;
  readonly tsUs: number;
  readonly least: number;
  readonly flow?: FlowRecord;
}

function serviceOf({ transport, protocol, protocolFrom, server }: FlowRecord): string | undefined {
  if (transport !== 'tcp') return undefined;
  if (protocol !== undefined && LOGIN_PROTOCOLS.has(protocol) && protocolFrom === 'payload') return protocol;
  return server.port === undefined ? undefined : LOGIN_PORTS[server.port];
}
