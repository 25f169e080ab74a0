// Connections under way, whose local port is not known yet. Owns: them, by socket and by the end they turn to, because every flow that
// nobody is known to own asks for the latter. Must not know events. Bound: `capacity`, the oldest goes first.

export interface Connecting<Process> {
  readonly process: Process;
  readonly timeUs: number;
  readonly remotePort: number;
  readonly remoteKey: number;
}

export class ConnectingSockets<Process> {
  readonly #capacity: number;
  readonly #bySocket = new Map<number, Connecting<Process>>();
  readonly #byEnd = new Map<number, Set<Connecting<Process>>>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#bySocket.size;
  }

  /** `sk`: the address of the socket in the kernel. */
  add(sk: number, connecting: Connecting<Process>): void {
    if (this.#bySocket.size >= this.#capacity) this.take(this.#bySocket.keys().next().value!);
    this.take(sk);
    this.#bySocket.set(sk, connecting);
    const key = endKey(connecting.remotePort, connecting.remoteKey);
    const others = this.#byEnd.get(key);
    if (others === undefined) this.#byEnd.set(key, new Set([connecting]));
    else others.add(connecting);
  }

  take(sk: number): Connecting<Process> | undefined {
    const connecting = this.#bySocket.get(sk);
    if (connecting === undefined) return undefined;
    this.#bySocket.delete(sk);
    const key = endKey(connecting.remotePort, connecting.remoteKey);
    const others = this.#byEnd.get(key);
    others?.delete(connecting);
    if (others?.size === 0) this.#byEnd.delete(key);
    return connecting;
  }

  *towards(remotePort: number, remoteKey: number): Iterable<Connecting<Process>> {
    for (const each of this.#byEnd.get(endKey(remotePort, remoteKey)) ?? [])
      if (each.remotePort === remotePort && each.remoteKey === remoteKey) yield each;
  }
}

/** A port and an addressKey as one number below 2^53; not unique. */
export const endKey = (remotePort: number, remoteKey: number): number =>
  (remoteKey % 0x1f_ffff_ffff) * 0x1_0000 + remotePort;
