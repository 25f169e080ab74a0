// Which methods an address takes, so that a known one with another method is told so (405), and an unknown one is unknown (404).
// Owns the list. Must not know what routes do. Bound: the routes there are.

const WILDCARD = '*';

export class RouteMethods {
  readonly #exact = new Map<string, Set<string>>();
  readonly #below: { readonly prefix: string; readonly methods: Set<string> }[] = [];

  add(url: string, method: string | readonly string[]): void {
    const methods = typeof method === 'string' ? [method] : method;
    for (const one of methods) this.#setOf(url).add(one);
  }

  /** Undefined: there is no such address. */
  of(url: string): readonly string[] | undefined {
    const path = url.split('?', 1)[0]!;
    const methods = this.#exact.get(path) ?? this.#below.find(({ prefix }) => path.startsWith(prefix))?.methods;
    return methods === undefined ? undefined : [...methods, 'OPTIONS'].sort();
  }

  #setOf(url: string): Set<string> {
    if (!url.endsWith(WILDCARD)) {
      const present = this.#exact.get(url) ?? new Set<string>();
      this.#exact.set(url, present);
      return present;
    }
    const prefix = url.slice(0, -WILDCARD.length);
    const present = this.#below.find((entry) => entry.prefix === prefix);
    if (present !== undefined) return present.methods;
    const methods = new Set<string>();
    this.#below.push({ prefix, methods });
    return methods;
  }
}
