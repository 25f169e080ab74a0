// What is known of each interface between readings of its counters. Owns: when it is read anew. Bound: one entry an interface that is
// there. A reading costs one lstat an interface: a device that was made anew has another inode, whatever its name and counters say.
import { existsSync, lstatSync } from 'node:fs';
import { type FixedFacts, readFixedFacts, readLinkFacts } from './classify-interfaces.js';
import { countedInterfaces } from './counted-interfaces.js';
import type { ClassifiedInterface } from './interface-class.js';
import { classifyByName } from './interface-name-class.js';

/** Facts of the few interfaces that add to totals are not older than this, */
const COUNTED_FRESH_MS = 2_000;
/** the others are read anew in turn after this time. A start, an end, or another device under the name is seen at once. */
const OTHERS_FRESH_MS = 10_000;
/** 0.2 ms each when they are asked for once a second. */
const MAX_READ_ANEW = 2;

interface Entry {
  readonly facts: ClassifiedInterface;
  readonly fixed: FixedFacts;
  readonly inode: number;
  readonly readAtMs: number;
  turn: number;
}

export class InterfaceFacts {
  readonly #sysClassNet: string;
  readonly #entries = new Map<string, Entry>();
  #wanted: readonly string[] | 'auto';
  #counted: ReadonlySet<string> = new Set();
  #isChanged = true;
  #turn = 0;
  /** Whose turn it was last to be read anew. */
  #next = 0;

  constructor(sysClassNet: string, wanted: readonly string[] | 'auto') {
    this.#sysClassNet = sysClassNet;
    this.#wanted = wanted;
  }

  select(wanted: readonly string[] | 'auto'): void {
    this.#wanted = wanted;
    this.#isChanged = true;
  }

  /** Brings the facts of these interfaces up to date and forgets the others. */
  refresh(names: readonly string[], nowMs: number): void {
    this.#turn += 1;
    for (const name of names) {
      const entry = this.#entries.get(name);
      const inode = lstatSync(`${this.#sysClassNet}/${name}`, { throwIfNoEntry: false })?.ino ?? 0;
      if (entry?.inode === inode) entry.turn = this.#turn;
      else this.#read(name, inode, nowMs);
    }
    this.#readSomeAnew(names, nowMs);
    if (this.#entries.size > names.length) this.#forgetOthers();
    if (!this.#isChanged) return;
    this.#isChanged = false;
    this.#counted = countedInterfaces(this.all(), this.#wanted);
  }

  of(name: string): ClassifiedInterface {
    return this.#entries.get(name)!.facts;
  }

  isCounted(name: string): boolean {
    return this.#counted.has(name);
  }

  all(): ClassifiedInterface[] {
    return [...this.#entries.values()].map((entry) => entry.facts);
  }

  #readSomeAnew(names: readonly string[], nowMs: number): void {
    let left = MAX_READ_ANEW;
    for (let tried = 0; tried < names.length && left > 0; tried++) {
      this.#next = (this.#next + 1) % names.length;
      const name = names[this.#next]!;
      const entry = this.#entries.get(name)!;
      if (nowMs - entry.readAtMs < (this.#counted.has(name) ? COUNTED_FRESH_MS : OTHERS_FRESH_MS)) continue;
      left -= 1;
      this.#read(name, entry.inode, nowMs);
    }
  }

  #read(name: string, inode: number, nowMs: number): void {
    const before = this.#entries.get(name);
    const same = before?.inode === inode ? before : undefined;
    const fixed = same?.fixed ?? readFixedFacts(this.#sysClassNet, name);
    const facts = readLinkFacts(this.#sysClassNet, name, fixed, same?.facts) ?? this.#unreadable(name);
    this.#entries.set(name, { facts, fixed, inode, readAtMs: nowMs, turn: this.#turn });
    if (before === undefined || isElsewhere(before.facts, facts)) this.#isChanged = true;
  }

  /**
   * Not in /sys: gone since its counters were read, or its name is no UTF-8. A NIC is there: what is not must not take the totals over
   * from the interfaces that are. Where there is no /sys at all, the name is everything there is.
   */
  #unreadable(name: string): ClassifiedInterface {
    const byName = classifyByName(name);
    const isMissing = byName.class === 'physical' && existsSync(this.#sysClassNet);
    return { name, up: false, ...byName, ...(isMissing ? { class: 'virtual' as const } : {}) };
  }

  #forgetOthers(): void {
    for (const [name, entry] of this.#entries) if (entry.turn !== this.#turn) this.#entries.delete(name);
    this.#isChanged = true;
  }
}

/** Does it lie on, or under, other interfaces than before? */
function isElsewhere(before: ClassifiedInterface, now: ClassifiedInterface): boolean {
  return (
    before.class !== now.class ||
    before.master !== now.master ||
    before.ifindex !== now.ifindex ||
    before.linkedIfindex !== now.linkedIfindex ||
    before.isCopy !== now.isCopy ||
    before.lowers.length !== now.lowers.length ||
    before.lowers.some((lower, i) => lower !== now.lowers[i])
  );
}
