// What somebody means who asks why: a flow, an address, a process, an application or a host name. Owns: the order in which these
// are tried, and what may have been meant. Must not know /proc: who runs now is told by the caller. Bound: MAX_READ flows and
// answers looked at, MAX_IPS addresses of a name, MAX_CANDIDATES names compared.
import { isIP } from 'node:net';
import type { FlowRecord } from '../api/events.js';
import { nearestName } from '../kernel/nearest-name.js';
import type { Store } from '../store/store.js';
import { queryBy } from './history-rows.js';
import type { TimeRange } from './time-range.js';
import type { SubjectSearch, WhySubject } from './why-answers.js';

/** As a flow's id is written, and a pid. */
const FLOW_ID = /^[0-9a-f]{16}$/i;
const PID = /^[1-9]\d{0,9}$/;
const MAX_READ = 500_000;
const MAX_IPS = 64;
const MAX_CANDIDATES = 20_000;
const MAX_NEAREST = 5;
const ALWAYS: TimeRange = { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER };

/** Processes and applications that run now. */
export interface RunningNames {
  appOfPid(pid: number): string | undefined;
  isRunning(app: string): boolean;
}

/** All of history is searched, newest first: what is asked about need not be of the period. */
export function findSubject(store: Store, text: string, running: RunningNames): SubjectSearch {
  const asked = text.trim();
  const found = fromSeries(store, asked);
  if (found !== undefined) return { subject: found };
  const log = new LogSearch(asked);
  log.read(store);
  const subject =
    log.flowSubject() ??
    log.addressSubject() ??
    processSubject(asked, running, log) ??
    appSubject(store, asked, running, log) ??
    log.nameSubject();
  return subject === undefined ? { nearest: nearestNames(store, asked, log.names) } : { subject };
}

/** What needs no look into the log: an address that has a series, an application whose name could be nothing else. */
function fromSeries(store: Store, text: string): WhySubject | undefined {
  const ip = addressOf(text);
  if (ip !== undefined) {
    const { rows } = queryBy(store, 'host', ALWAYS, { limit: MAX_CANDIDATES, name: ip });
    return rows.some(({ name }) => name === ip) ? { kind: 'host', ips: [ip] } : undefined;
  }
  const app = FLOW_ID.test(text) || PID.test(text) ? undefined : recordedApp(store, text);
  return app === undefined ? undefined : { kind: 'app', app };
}

/** By its name as it is written, then in any case, then by the path of its program. */
function recordedApp(store: Store, text: string): string | undefined {
  const wanted = text.toLowerCase();
  const { rows } = queryBy(store, 'app', ALWAYS, { limit: MAX_CANDIDATES, name: text });
  const row =
    rows.find(({ name }) => name === text) ??
    rows.find(({ name }) => name.toLowerCase() === wanted) ??
    rows.find(({ exe }) => exe === text);
  return row?.name;
}

function processSubject(text: string, running: RunningNames, log: LogSearch): WhySubject | undefined {
  if (!PID.test(text)) return undefined;
  const pid = Number(text);
  const app = running.appOfPid(pid) ?? log.appOfPid;
  return app === undefined ? undefined : { kind: 'process', pid, app };
}

function appSubject(store: Store, text: string, running: RunningNames, log: LogSearch): WhySubject | undefined {
  const app = recordedApp(store, text) ?? log.app ?? (running.isRunning(text) ? text : undefined);
  return app === undefined ? undefined : { kind: 'app', app };
}

function addressOf(text: string): string | undefined {
  const ip = text.replace(/^\[|\]$/g, '').toLowerCase();
  return isIP(ip) === 0 ? undefined : ip;
}

/** One pass over flows and one over names, for every meaning a text may have. */
class LogSearch {
  /** Names that were seen: what may have been meant. */
  readonly names = new Set<string>();
  /** Of the latest flow of this pid, or of an application of this name. */
  appOfPid: string | undefined;
  app: string | undefined;
  readonly #text: string;
  readonly #ip: string | undefined;
  readonly #name: string;
  readonly #pid: number;
  #flow: FlowRecord | undefined;
  #hasAddress = false;
  readonly #ips = new Set<string>();
  readonly #ipsBelow = new Set<string>();

  constructor(text: string) {
    this.#text = text.toLowerCase();
    this.#ip = addressOf(text);
    this.#name = this.#text.replace(/\.$/, '');
    this.#pid = PID.test(text) ? Number(text) : -1;
  }

  read(store: Store): void {
    const { fromUs, toUs } = ALWAYS;
    store.view((view) => {
      view.readFlows(fromUs, toUs, MAX_READ, (flow) => this.#addFlow(flow));
      view.readNames(fromUs, toUs, MAX_READ, ({ name, answers }) => this.#addName(name, answers));
    });
  }

  flowSubject(): WhySubject | undefined {
    return this.#flow && { kind: 'flow', flow: this.#flow };
  }

  addressSubject(): WhySubject | undefined {
    return this.#hasAddress && this.#ip !== undefined ? { kind: 'host', ips: [this.#ip] } : undefined;
  }

  /** The name itself; else all names below it. */
  nameSubject(): WhySubject | undefined {
    const ips = this.#ips.size > 0 ? this.#ips : this.#ipsBelow;
    return ips.size > 0 ? { kind: 'host', ips: [...ips], name: this.#name } : undefined;
  }

  /** Minutes come newest first, flows within one in any order: of an id there is one, nearly always. */
  #addFlow(flow: FlowRecord): void {
    const { id, client, server, owner, serverName } = flow;
    if (id === this.#text && (this.#flow === undefined || flow.endUs > this.#flow.endUs)) this.#flow = flow;
    if (this.#ip !== undefined && (client.ip === this.#ip || server.ip === this.#ip)) this.#hasAddress = true;
    if (owner !== undefined) {
      if (owner.pid === this.#pid) this.appOfPid ??= owner.app;
      if (owner.app.toLowerCase() === this.#text) this.app ??= owner.app;
    }
    if (serverName !== undefined) this.#addName(serverName, [server.ip]);
  }

  #addName(name: string, answers: readonly string[]): void {
    if (this.names.size < MAX_CANDIDATES) this.names.add(name);
    if (this.#ip !== undefined && answers.includes(this.#ip)) this.#hasAddress = true;
    if (this.#name === '') return;
    const lower = name.toLowerCase();
    const ips = lower === this.#name ? this.#ips : lower.endsWith(`.${this.#name}`) ? this.#ipsBelow : undefined;
    for (const ip of ips === undefined ? [] : answers) if (ips!.size < MAX_IPS && isIP(ip) !== 0) ips!.add(ip);
  }
}

/** Names of applications and hosts: the one that is spelled nearest, then those that have the text in them. */
function nearestNames(store: Store, text: string, seen: ReadonlySet<string>): string[] {
  const series = (['app', 'host'] as const).flatMap(
    (kind) => queryBy(store, kind, ALWAYS, { limit: MAX_CANDIDATES }).rows,
  );
  const names = new Set([...series.map(({ name }) => name), ...seen]);
  const wanted = text.toLowerCase();
  const within = wanted === '' ? [] : [...names].filter((name) => name.toLowerCase().includes(wanted));
  const nearest = nearestName(text, names);
  return [...new Set([...(nearest === undefined ? [] : [nearest]), ...within])].slice(0, MAX_NEAREST);
}
