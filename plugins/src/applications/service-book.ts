// Services of one source, ready to be asked. Owns: one table for each kind of sign. Must not know: which sign counts more.
// Bound: the names and signs of the source, and the answers of late to names, programs, protocols and applications.

import { NameTable } from './name-table.js';
import { RecentAnswers } from './recent-answers.js';
import type { Service, Sign } from './service-file.js';
import { TextTable } from './text-table.js';

/** Letters and digits only: source-engine, Source_Engine and sourceengine are one protocol. */
const plain = (protocol: string): string => protocol.toLowerCase().replace(/[^a-z0-9]/g, '');

const RECENT_NAMES = 4096;
const RECENT_AGENTS = 512;
/** Protocols, applications and what clients offer, as others spell them: few, and asked about with every flow. */
const RECENT_SPELLINGS = 512;
const UNKNOWN = -1;

export class ServiceBook {
  readonly #services: readonly Service[];
  readonly #names = new NameTable();
  readonly #agents = new TextTable();
  readonly #certificates = new TextTable();
  readonly #recentNames = new RecentAnswers(RECENT_NAMES, (host) => this.#names.find(host));
  readonly #recentAgents = new RecentAnswers(RECENT_AGENTS, (text) => this.#agents.find(text));
  readonly #recentProtocols = new RecentAnswers(
    RECENT_SPELLINGS,
    (name) => this.#protocols.get(plain(name)) ?? UNKNOWN,
  );
  readonly #recentApplications = new RecentAnswers(
    RECENT_SPELLINGS,
    (name) => this.#applications.get(plain(name)) ?? UNKNOWN,
  );
  readonly #recentAlpn = new RecentAnswers(
    RECENT_SPELLINGS,
    (id) => this.#alpn.get(id) ?? this.#alpnHeads.find(([head]) => id.startsWith(head))?.[1] ?? UNKNOWN,
  );
  readonly #alpn = new Map<string, number>();
  readonly #alpnHeads: (readonly [string, number])[] = [];
  readonly #protocols = new Map<string, number>();
  readonly #networks = new Map<number, number>();
  readonly #applications = new Map<string, number>();

  /** @throws Error when two applications claim the same name or sign. */
  constructor(services: readonly Service[]) {
    this.#services = services;
    for (let at = 0; at < services.length; at++) {
      const { application, names, signs } = services[at]!;
      put(this.#applications, plain(application), at);
      for (const name of names) this.#claim(name, this.#names.add(name, at), at);
      for (const sign of signs) this.#claim(`${sign.kind}:${sign.text}`, this.#addSign(sign, at), at);
    }
  }

  /** `owner` had it before. */
  #claim(what: string, owner: number, at: number): void {
    if (owner === at) return;
    const { place } = this.#services[at]!;
    const other = this.#services[owner]!;
    throw new Error(`${place}: "${what}" is already ${other.application}'s (${other.place})`);
  }

  /** Who has it now. */
  #addSign({ kind, text }: Sign, at: number): number {
    if (kind === 'agent') return this.#agents.add(text, at);
    if (kind === 'cert') return this.#certificates.add(text, at);
    if (kind === 'asn') return put(this.#networks, Number(text), at);
    if (kind === 'protocol') return put(this.#protocols, plain(text), at);
    if (!text.endsWith('*')) return put(this.#alpn, text, at);
    this.#alpnHeads.push([text.slice(0, -1), at]);
    return at;
  }

  /** What an application is, whoever named it. */
  byApplication(name: string): Service | undefined {
    return this.#services[this.#recentApplications.to(name)];
  }

  byName(host: string): Service | undefined {
    return this.#services[this.#recentNames.to(host)];
  }

  byAgent(text: string): Service | undefined {
    return this.#services[this.#recentAgents.to(text)];
  }

  byCertificateText(text: string): Service | undefined {
    return this.#services[this.#certificates.find(text)];
  }

  byAlpn(offered: readonly string[]): Service | undefined {
    for (const id of offered) {
      const at = this.#recentAlpn.to(id);
      if (at !== UNKNOWN) return this.#services[at];
    }
    return undefined;
  }

  byProtocol(name: string): Service | undefined {
    return this.#services[this.#recentProtocols.to(name)];
  }

  byNetwork(asn: number): Service | undefined {
    const at = this.#networks.get(asn);
    return at === undefined ? undefined : this.#services[at];
  }
}

function put<Key>(map: Map<Key, number>, key: Key, at: number): number {
  const owner = map.get(key);
  if (owner !== undefined) return owner;
  map.set(key, at);
  return at;
}
