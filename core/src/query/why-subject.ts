// What somebody means who asks why: a flow, an address, a process, an application or a host name. Owns: the order in which these
// are tried, and what may have been meant. Must not know /proc: who runs now is told by the caller. Bound: MAX_READ flows and
// answers looked at, MAX_IPS addresses of a name, MAX_CANDIDATES names compared.
import { isIP } from 'node:net';
import type { FlowOwner, FlowRecord } from '../api/events.js';
import { nearestName } from '../kernel/nearest-name.js';
import type { Store } from '../store/store.js';
import { queryBy } from './history-rows.js';
import type { TimeRange } from './time-range.js';
import type { SubjectSearch, WhySubject } from './why-answers.js';

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
  const subject =
    flowSubject(store, asked) ??
    addressSubject(store, asked) ??
    processSubject(store, asked, running) ??
    appSubject(store, asked, running) ??
    nameSubject(store, asked);
  return subject === undefined ? { nearest: nearestNames(store, asked) } : { subject };
}

function flowSubject(store: Store, text: string): WhySubject | undefined {
  const id = text.toLowerCase();
  if (!/^[0-9a-f]{16}$/.test(id)) return undefined;
  const flow = newestFlow(store, (candidate) => candidate.id === id);
  return flow && { kind: 'flow', flow };
}

function addressSubject(store: Store, text: string): WhySubject | undefined {
  const ip = text.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(ip) === 0) return undefined;
  const isKnown =
    queryBy(store, 'host', ALWAYS, { limit: MAX_CANDIDATES, name: ip }).rows.some(({ name }) => name === ip) ||
    addressesOf(store, (_, answers) => answers.includes(ip)).size > 0 ||
    newestFlow(store, ({ client, server }) => client.ip === ip || server.ip === ip) !== undefined;
  return isKnown ? { kind: 'host', ips: [ip] } : undefined;
}

function processSubject(store: Store, text: string, running: RunningNames): WhySubject | undefined {
  if (!/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const pid = Number(text);
  const app = running.appOfPid(pid) ?? newestOwner(store, (owner) => owner.pid === pid)?.app;
  return app === undefined ? undefined : { kind: 'process', pid, app };
}

function appSubject(store: Store, text: string, running: RunningNames): WhySubject | undefined {
  const wanted = text.toLowerCase();
  const { rows } = queryBy(store, 'app', ALWAYS, { limit: MAX_CANDIDATES, name: text });
  const named = rows.find(({ name }) => name === text) ?? rows.find(({ name }) => name.toLowerCase() === wanted);
  const owned = named ?? rows.find(({ exe }) => exe === text);
  const app = owned?.name ?? newestOwner(store, ({ app: name }) => name.toLowerCase() === wanted)?.app;
  if (app !== undefined) return { kind: 'app', app };
  return running.isRunning(text) ? { kind: 'app', app: text } : undefined;
}

/** The name itself; else all names below it. */
function nameSubject(store: Store, text: string): WhySubject | undefined {
  const name = text.toLowerCase().replace(/\.$/, '');
  if (name === '') return undefined;
  for (const fits of [(seen: string) => seen === name, (seen: string) => seen.endsWith(`.${name}`)]) {
    const ips = addressesOf(store, (seen) => fits(seen.toLowerCase()));
    if (ips.size > 0) return { kind: 'host', ips: [...ips], name };
  }
  return undefined;
}

/** Addresses by which names were met, newest first. */
function addressesOf(store: Store, fits: (name: string, answers: readonly string[]) => boolean): Set<string> {
  const ips = new Set<string>();
  const add = (ip: string): void => {
    if (ips.size < MAX_IPS && isIP(ip) !== 0) ips.add(ip);
  };
  store.view((view) => {
    view.readFlows(ALWAYS.fromUs, ALWAYS.toUs, MAX_READ, ({ serverName, server }) => {
      if (serverName !== undefined && fits(serverName, [server.ip])) add(server.ip);
    });
    view.readNames(ALWAYS.fromUs, ALWAYS.toUs, MAX_READ, ({ name, answers }) => {
      if (fits(name, answers)) for (const answer of answers) add(answer);
    });
  });
  return ips;
}

function newestFlow(store: Store, fits: (flow: FlowRecord) => boolean): FlowRecord | undefined {
  let newest: FlowRecord | undefined;
  store.view((view) => {
    view.readFlows(ALWAYS.fromUs, ALWAYS.toUs, MAX_READ, (flow) => {
      if (fits(flow) && (newest === undefined || flow.endUs > newest.endUs)) newest = flow;
    });
  });
  return newest;
}

const newestOwner = (store: Store, fits: (owner: FlowOwner) => boolean): FlowOwner | undefined =>
  newestFlow(store, ({ owner }) => owner !== undefined && fits(owner))?.owner;

/** Names of applications and hosts that have the text in them, then the one that is spelled nearest. */
function nearestNames(store: Store, text: string): string[] {
  const names = new Set<string>();
  const add = (name: string | undefined): void => {
    if (name !== undefined && names.size < MAX_CANDIDATES) names.add(name);
  };
  for (const { name } of queryBy(store, 'app', ALWAYS, { limit: MAX_CANDIDATES }).rows) add(name);
  store.view((view) => {
    view.readFlows(ALWAYS.fromUs, ALWAYS.toUs, MAX_CANDIDATES, ({ serverName }) => add(serverName));
    view.readNames(ALWAYS.fromUs, ALWAYS.toUs, MAX_CANDIDATES, ({ name }) => add(name));
  });
  for (const { name } of queryBy(store, 'host', ALWAYS, { limit: MAX_CANDIDATES }).rows) add(name);
  const wanted = text.toLowerCase();
  const within = wanted === '' ? [] : [...names].filter((name) => name.toLowerCase().includes(wanted));
  const nearest = nearestName(text, names);
  return [...new Set([...(nearest === undefined ? [] : [nearest]), ...within])].slice(0, MAX_NEAREST);
}
