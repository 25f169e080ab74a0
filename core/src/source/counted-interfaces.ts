// Which interfaces add to totals, so that a byte that passes a VPN, a bridge, a bond, a VLAN and a NIC is counted once. Owns: that
// choice. Must not know: counters. What is routed on from one NIC to another passes two interfaces and is counted on both.
import type { ClassifiedInterface } from './interface-class.js';

type Wanted = readonly string[] | 'auto';

/**
 * Names of the interfaces whose bytes add to totals.
 * `auto`: the physical ones. Where there are none (a container, a namespace) the virtual ones that lie on nothing and are no port; where
 * there are none of these either, whatever is outermost. Named: those, without the ones that lie on top of another named one.
 */
export function countedInterfaces(classified: readonly ClassifiedInterface[], wanted: Wanted): ReadonlySet<string> {
  const links = new Links(classified);
  const chosen = wanted === 'auto' ? outermost(links) : named(links, new Set(wanted));
  return new Set(chosen.map((link) => link.name));
}

function outermost(links: Links): ClassifiedInterface[] {
  const usable = links.all.filter((link) => link.class !== 'loopback' && link.isCopy !== true);
  const physical = usable.filter((link) => link.class === 'physical' && !links.isInsideNic(link));
  if (physical.length > 0) return physical;
  const roots = usable.filter((link) => link.class === 'virtual' && links.isRoot(link));
  const wires = roots.filter((link) => link.isTap !== true);
  if (wires.length > 0) return wires;
  if (roots.length > 0) return roots;
  return bottom(links, usable);
}

/** Nothing that is clearly a way out: a bridge of containers, a bond of pairs, a VPN alone in its namespace. */
function bottom(links: Links, usable: readonly ClassifiedInterface[]): ClassifiedInterface[] {
  const wires = usable.filter((link) => link.class !== 'tunnel' && links.pairOf(link) === undefined);
  const pool = wires.length > 0 ? wires : usable;
  const left = new Map(pool.map((link) => [link.name, link]));
  for (const link of pool) {
    const ports = link.lowers.filter((name) => left.has(name));
    if (ports.length === 0) continue;
    // A bridge with one port is that port. With several nobody can say which one leads out: the bridge has this host's own bytes.
    if (link.class !== 'bridge' || ports.length === 1) left.delete(link.name);
    else for (const port of ports) left.delete(port);
  }
  return withoutSecondEnds(links, [...left.values()]);
}

function named(links: Links, names: ReadonlySet<string>): ClassifiedInterface[] {
  const present = links.all.filter((link) => names.has(link.name));
  const isAlone = present.length === 1;
  const candidates = present.filter((link) => isAlone || (link.isCopy !== true && !links.isInsideNic(link, names)));
  const onWire = candidates.filter((link) => link.class !== 'tunnel' && !links.liesOn(link, names));
  // A tunnel does not say which interface carries it: any way out does, and PPP is one too.
  const hasWayOut = onWire.some((link) => links.leadsOut(link));
  const tunnels = candidates.filter((link) => link.class === 'tunnel' && !hasWayOut && !links.liesOn(link, names));
  const access = tunnels.filter((link) => /^ppp/.test(link.name));
  return withoutSecondEnds(links, [...onWire, ...(access.length > 0 ? access : tunnels)]);
}

/** Both ends of a pair in one namespace show the same bytes. */
function withoutSecondEnds(links: Links, chosen: readonly ClassifiedInterface[]): ClassifiedInterface[] {
  const names = new Set(chosen.map((link) => link.name));
  return chosen.filter((link) => {
    const other = links.pairOf(link);
    return other === undefined || !names.has(other.name) || (link.ifindex ?? 0) < (other.ifindex ?? 0);
  });
}

/** How the interfaces of a namespace lie on each other. */
class Links {
  readonly all: readonly ClassifiedInterface[];
  readonly #byName: ReadonlyMap<string, ClassifiedInterface>;
  readonly #byIfindex: ReadonlyMap<number | undefined, ClassifiedInterface>;
  #ways: ReadonlySet<string> | undefined;

  constructor(all: readonly ClassifiedInterface[]) {
    this.all = all;
    this.#byName = new Map(all.map((link) => [link.name, link]));
    this.#byIfindex = new Map(all.map((link) => [link.ifindex, link]));
  }

  /** The accelerated path of a virtual machine's NIC: a physical interface below another, which counts for both. */
  isInsideNic(link: ClassifiedInterface, among?: ReadonlySet<string>): boolean {
    const master = link.master === undefined ? undefined : this.#byName.get(link.master);
    const inside = link.class === 'physical' && master?.class === 'physical';
    return inside && (among === undefined || among.has(master.name));
  }

  /** Lies on nothing here, is no port of a bridge or bond, and its other end is not here. */
  isRoot(link: ClassifiedInterface): boolean {
    const master = link.master === undefined ? undefined : this.#byName.get(link.master)?.class;
    if (master === 'bridge' || master === 'bond') return false;
    return link.lowers.length === 0 && this.pairOf(link) === undefined;
  }

  /** The other end of a pair, when it is in this namespace. Numbers are of a namespace each, so both must point at the other. */
  pairOf(link: ClassifiedInterface): ClassifiedInterface | undefined {
    if (link.class !== 'virtual' || link.linkedIfindex === undefined || link.lowers.length > 0) return undefined;
    const other = this.#byIfindex.get(link.linkedIfindex);
    return other?.class === 'virtual' && other.linkedIfindex === link.ifindex && other !== link ? other : undefined;
  }

  /** Is one of these anywhere below? */
  liesOn(link: ClassifiedInterface, names: ReadonlySet<string>): boolean {
    return this.#below(link).some((name) => names.has(name));
  }

  /** Would its bytes be counted, or are those of something below it? */
  leadsOut(link: ClassifiedInterface): boolean {
    this.#ways ??= new Set(outermost(this).map((way) => way.name));
    return this.#ways.has(link.name) || this.liesOn(link, this.#ways);
  }

  #below(link: ClassifiedInterface): string[] {
    const found = new Set<string>([link.name]);
    const open = [link];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const lower of this.#lowersOf(next)) {
        if (found.has(lower.name)) continue;
        found.add(lower.name);
        open.push(lower);
      }
    }
    found.delete(link.name);
    return [...found];
  }

  #lowersOf(link: ClassifiedInterface): ClassifiedInterface[] {
    // A tunnel bound to an interface names it by number.
    const carrier = link.class === 'tunnel' ? this.#byIfindex.get(link.linkedIfindex ?? -1) : undefined;
    const lowers = link.lowers.flatMap((name) => this.#byName.get(name) ?? []);
    // A NIC's accelerated path is part of the NIC, not below it.
    const below = lowers.filter((lower) => lower.class !== 'physical' || link.class !== 'physical');
    return carrier === undefined ? below : [...below, carrier];
  }
}
