// Names that do not exist, by who asked for them, within a window: what `dga` and `nxdomain-burst` judge. Owns: which answers count, and the
// windows. Bound: 1,024 clients, 256 names of each; a client whose answers were seen longest ago goes.
import type { DnsAnswered } from '@kaipo/core/api/index.js';
import { BoundedTable } from './bounded-table.js';
import { textHash } from './name-shape.js';
import { plainName, registeredAt } from './registered-domain.js';

const CLIENTS = 1_024;
const MOST_NAMES = 256;
const EXAMPLES = 5;

/** What one client asked for in the window at hand. */
export interface MissingNames {
  startUs: number;
  answers: number;
  /** Of them: does not exist. */
  missing: number;
  /** Different names, as hashes; beyond MOST_NAMES they are not told apart. */
  readonly names: Set<number>;
  /** Different registered domains among them. */
  readonly domains: Set<number>;
  /** Sum of what `weigh` says of each new domain. */
  weight: number;
  readonly examples: string[];
}

export interface NewName {
  readonly client: MissingNames;
  readonly name: string;
}

export class MissingNamesByClient {
  readonly #clients = new BoundedTable<MissingNames>(CLIENTS);
  readonly #windowUs: number;
  readonly #weigh: (name: string, domainAt: number) => number;

  constructor(windowUs: number, weigh: (name: string, domainAt: number) => number = () => 0) {
    this.#windowUs = windowUs;
    this.#weigh = weigh;
  }

  get size(): number {
    return this.#clients.size;
  }

  /** @returns what is known of the client when the answer brought a name that was missing and new; else nothing has changed that matters. */
  note(event: DnsAnswered): MissingNames | undefined {
    if (event.protocol !== 'dns') return undefined;
    const isMissing = event.rcode === 'NXDOMAIN';
    const { ip } = event.client;
    let client = this.#clients.peek(ip);
    // Who never asked for a name that is not there needs no row.
    if (client === undefined && !isMissing) return undefined;
    if (client === undefined || event.tsUs - client.startUs > this.#windowUs || event.tsUs < client.startUs - 1e6) {
      client = newClient(event.tsUs);
      this.#clients.set(ip, client);
    } else this.#clients.use(ip);
    client.answers += 1;
    return isMissing ? this.#missing(client, event.name) : undefined;
  }

  #missing(client: MissingNames, asked: string): MissingNames | undefined {
    const name = plainName(asked);
    if (isLookup(name)) return undefined;
    client.missing += 1;
    if (client.names.size >= MOST_NAMES) return client;
    const hash = textHash(name);
    if (client.names.has(hash)) return undefined;
    client.names.add(hash);
    const domainAt = registeredAt(name);
    const domain = textHash(name.slice(domainAt));
    if (!client.domains.has(domain)) {
      client.domains.add(domain);
      client.weight += this.#weigh(name, domainAt);
    }
    if (client.examples.length < EXAMPLES) client.examples.push(name);
    return client;
  }
}

const newClient = (startUs: number): MissingNames => ({
  startUs,
  answers: 0,
  missing: 0,
  names: new Set(),
  domains: new Set(),
  weight: 0,
  examples: [],
});

/**
 * Names that are questions about something else, and usually answered "no": reverse and block list look-ups, services, discovery of proxies,
 * single labels (browsers try whether somebody answers for everything), names of the own network.
 */
function isLookup(name: string): boolean {
  if (!name.includes('.') || name.startsWith('_') || name.includes('._')) return true;
  if (
    /(^|\.)(arpa|local|lan|home|internal|intranet|corp|localdomain|workgroup|home\.arpa|fritz\.box|onion)$/.test(name)
  )
    return true;
  return /^(wpad|isatap)\./.test(name) || /^\d{1,3}(\.\d{1,3}){3}\./.test(name) || /^([0-9a-f]\.){8}/.test(name);
}
