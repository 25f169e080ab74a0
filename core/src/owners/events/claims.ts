// Who held which socket, and when: claims, found by 5-tuple or by port. Owns: the index over them. Must not know processes, events or
// clocks; times are microseconds of one monotonic clock. Bound: `capacity` claims, the oldest made goes first and is counted.
import { endKey } from './connecting-sockets.js';

/** How a claim came about. */
export type ClaimKind = 'connect' | 'accept' | 'listen' | 'send';

/** Of a socket that was there before the events began. */
export const BEFORE_ALL_US = 0;

export interface Claim<Holder> {
  readonly kind: ClaimKind;
  holder: Holder;
  /** Is the holder the process itself that was seen with this socket, or one that stands for it (a listener)? */
  isOwn: boolean;
  readonly protocol: number;
  readonly localPort: number;
  /** addressKey; 0: any. */
  readonly localKey: number;
  readonly remotePort: number;
  readonly remoteKey: number;
  /** First seen. A connection may have begun a moment before. */
  readonly openUs: number;
  /** Last seen with it: of a claim that is never closed, the last send. */
  lastUs: number;
  /** From when on its holder was known: of an accepted connection, when its listener began to listen. */
  knownUs: number;
  closeUs: number;
}

/** All pings of a machine are claims on one socket pair without ports: nobody looks through all of them. */
const MAX_ANSWER = 1024;

export class Claims<Holder> {
  evicted = 0;
  readonly #capacity: number;
  readonly #byKey = new Map<number, Claim<Holder>[]>();
  /** How many connections there are towards an end (endKey). */
  readonly #connects = new Map<number, number>();
  /** In the order they were made. */
  readonly #order: (Claim<Holder> | undefined)[];
  #next = 0;
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#order = new Array<Claim<Holder> | undefined>(capacity).fill(undefined);
  }

  get size(): number {
    return this.#size;
  }

  add(claim: Claim<Holder>): void {
    const old = this.#order[this.#next];
    if (old !== undefined) {
      this.#remove(old);
      this.evicted += 1;
    } else {
      this.#size += 1;
    }
    this.#order[this.#next] = claim;
    this.#next = (this.#next + 1) % this.#capacity;
    const key = keyOf(claim);
    const list = this.#byKey.get(key);
    if (list === undefined) this.#byKey.set(key, [claim]);
    else list.push(claim);
    this.#countConnect(claim, 1);
  }

  /** Of one socket pair, oldest first; addresses still to be compared. The latest MAX_ANSWER of them. */
  connected(protocol: number, localPort: number, remotePort: number, remoteKey: number): readonly Claim<Holder>[] {
    return latest(this.#byKey.get(connectedKey(protocol, localPort, remotePort, remoteKey)));
  }

  /** Of a local port towards anybody. The latest MAX_ANSWER of them. */
  bound(protocol: number, localPort: number): readonly Claim<Holder>[] {
    return latest(this.#byKey.get(boundKey(protocol, localPort)));
  }

  /** False: nobody of this host turned to this end. True: somebody may have. */
  mayConnectTo(remotePort: number, remoteKey: number): boolean {
    return this.#connects.has(endKey(remotePort, remoteKey));
  }

  /** The latest `limit` claims, newest first. */
  *newest(limit: number): Iterable<Claim<Holder>> {
    for (let i = 1; i <= Math.min(limit, this.#size); i++)
      yield this.#order[(this.#next - i + this.#capacity) % this.#capacity]!;
  }

  #countConnect({ kind, remotePort, remoteKey }: Claim<Holder>, by: number): void {
    if (kind !== 'connect') return;
    const key = endKey(remotePort, remoteKey);
    const count = (this.#connects.get(key) ?? 0) + by;
    if (count === 0) this.#connects.delete(key);
    else this.#connects.set(key, count);
  }

  #remove(claim: Claim<Holder>): void {
    this.#countConnect(claim, -1);
    const key = keyOf(claim);
    const list = this.#byKey.get(key);
    if (list === undefined) return;
    // The oldest of all is the oldest of its list.
    const at = list.indexOf(claim);
    if (at >= 0) list.splice(at, 1);
    if (list.length === 0) this.#byKey.delete(key);
  }
}

function keyOf({ protocol, localPort, remotePort, remoteKey }: Claim<unknown>): number {
  return remotePort === 0 && remoteKey === 0
    ? boundKey(protocol, localPort)
    : connectedKey(protocol, localPort, remotePort, remoteKey);
}

/** Not unique: lists are compared in full. 53 bits: 21 of address and protocol, 32 of ports. */
const connectedKey = (protocol: number, localPort: number, remotePort: number, remoteKey: number): number =>
  (((remoteKey % 0x1fffff) + protocol * 0x2001) % 0x200000) * 0x1_0000_0000 + localPort * 0x10000 + remotePort;

const boundKey = (protocol: number, localPort: number): number => -1 - (protocol * 0x10000 + localPort);

const NONE: readonly never[] = [];

const latest = <Holder>(claims: readonly Claim<Holder>[] | undefined): readonly Claim<Holder>[] =>
  claims === undefined ? NONE : claims.length > MAX_ANSWER ? claims.slice(-MAX_ANSWER) : claims;
