// Which service a host name belongs to. Owns: suffixes, patterns, and whose is longest.
// Bound: what was added; a look-up walks at most MAX_LABELS labels of a name of at most 253 characters.

/** Labels looked at, from the right. Longer names are met in DNS tunnels only. */
const MAX_LABELS = 24;
const MAX_NAME = 253;
/** Second-level names that stand for a country's companies: google.co.uk, google.com.br. */
const COMPANY_LABELS: ReadonlySet<string> = new Set(['co', 'com', 'net', 'org', 'ne', 'or']);

interface NamePattern {
  readonly name: string;
  /** Of the whole pattern, from the left: text before and after the star of each label that is not in the base. */
  readonly heads: readonly (readonly [string, string] | string)[];
  readonly labels: number;
  readonly service: number;
}

export class NameTable {
  readonly #suffixes = new Map<string, number>();
  /** By what follows the last label with a star. */
  readonly #patterns = new Map<string, NamePattern[]>();

  /**
   * `name` in lower case: a suffix, "brand.*", or labels with one star each.
   * @returns who has it now: `service`, or the one that had it before.
   */
  add(name: string, service: number): number {
    const star = name.indexOf('*');
    if (star >= 0 && !(star === name.length - 1 && name.endsWith('.*'))) return this.#addPattern(name, service);
    const owner = this.#suffixes.get(name);
    if (owner !== undefined) return owner;
    this.#suffixes.set(name, service);
    return service;
  }

  #addPattern(name: string, service: number): number {
    const labels = name.split('.');
    const last = labels.findLastIndex((label) => label.includes('*'));
    const base = labels.slice(last + 1).join('.');
    const heads = labels.slice(0, last + 1).map((label): readonly [string, string] | string => {
      const star = label.indexOf('*');
      return star < 0 ? label : [label.slice(0, star), label.slice(star + 1)];
    });
    const known = this.#patterns.get(base) ?? [];
    const same = known.find((pattern) => pattern.name === name);
    if (same !== undefined) return same.service;
    this.#patterns.set(base, [...known, { name, heads, labels: labels.length, service }]);
    return service;
  }

  /** The service with the longest fit, or -1. Any text is harmless; addresses are no names. */
  find(host: string): number {
    const name = hostName(host);
    if (name === undefined) return -1;
    const labels = name.split('.').slice(-MAX_LABELS);
    const direct = this.#longest(labels);
    const country = countryForm(labels);
    if (country === undefined) return direct.service;
    // A country form is shorter by what stands for the country: compare how much of the left is explained.
    const general = this.#longest(country);
    return general.service >= 0 && (direct.service < 0 || general.left < direct.left)
      ? general.service
      : direct.service;
  }

  /** `left`: labels on the left that are not explained. */
  #longest(labels: readonly string[]): { service: number; left: number } {
    let service = -1;
    let left = labels.length;
    let suffix = '';
    for (let at = labels.length - 1; at >= 0; at--) {
      suffix = at === labels.length - 1 ? labels[at]! : `${labels[at]}.${suffix}`;
      const literal = this.#suffixes.get(suffix);
      // A suffix at `at` explains more than any before; a pattern found earlier may reach further left.
      if (literal !== undefined && at <= left) {
        service = literal;
        left = at;
      }
      const patterns = this.#patterns.get(suffix);
      if (patterns === undefined) continue;
      for (const pattern of patterns) {
        const start = labels.length - pattern.labels;
        if (start < left && start >= 0 && fits(pattern, labels, start)) {
          service = pattern.service;
          left = start;
        }
      }
    }
    return { service, left };
  }
}

function fits(pattern: NamePattern, labels: readonly string[], start: number): boolean {
  return pattern.heads.every((head, index) => {
    const label = labels[start + index]!;
    if (typeof head === 'string') return head === label;
    return label.length >= head[0].length + head[1].length && label.startsWith(head[0]) && label.endsWith(head[1]);
  });
}

/** Lower case, without final dot and port; undefined for addresses and what is no name. */
function hostName(host: string): string | undefined {
  if (host.length === 0 || host.length > MAX_NAME + 6) return undefined;
  let name = host.toLowerCase();
  const colon = name.indexOf(':');
  if (colon >= 0) name = name.slice(0, colon);
  if (name.endsWith('.')) name = name.slice(0, -1);
  const final = name.charCodeAt(name.length - 1);
  const isAddress = final >= 0x30 && final <= 0x39 && /^[\d.]+$/.test(name);
  return name === '' || name.length > MAX_NAME || isAddress ? undefined : name;
}

/** www.google.co.uk as www.google.*; undefined for names under no country. */
function countryForm(labels: readonly string[]): string[] | undefined {
  const last = labels.length - 1;
  if (last < 1 || labels[last]!.length !== 2) return undefined;
  const brand = last >= 2 && COMPANY_LABELS.has(labels[last - 1]!) ? last - 2 : last - 1;
  return [...labels.slice(0, brand + 1), '*'];
}
