// Passive DNS: which name was last asked for before an address was used. Owns: address -> name.
// Bound: `capacity` addresses, the least recently learnt goes first.
import type { DnsAnswered, KaipoEvent } from '../api/events.js';

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/;

/** An answer that gave addresses: one value for all of them. */
export interface NameAnswer {
  readonly name: string;
  readonly tsUs: number;
  /** Who gave it. */
  readonly server: string;
}

export class NameCache {
  readonly #names = new Map<string, NameAnswer>();
  readonly #capacity: number;
  /** Names forgotten because the cache was full. */
  evicted = 0;

  constructor(capacity = 65_536) {
    this.#capacity = capacity;
  }

  learn(event: KaipoEvent): void {
    if (event.kind === 'dns.answered') this.#learnAnswer(event);
  }

  get size(): number {
    return this.#names.size;
  }

  nameOf(ip: string): string | undefined {
    return this.#names.get(ip)?.name;
  }

  /** The answer the name comes from. */
  answerOf(ip: string): NameAnswer | undefined {
    return this.#names.get(ip);
  }

  #learnAnswer(event: DnsAnswered): void {
    if (event.qtype !== 'A' && event.qtype !== 'AAAA') return;
    const known: NameAnswer = { name: event.name, tsUs: event.tsUs, server: event.server.ip };
    for (const answer of event.answers) {
      if (!ADDRESS.test(answer)) continue;
      this.#names.delete(answer);
      this.#names.set(answer, known);
      if (this.#names.size > this.#capacity) {
        const oldest = this.#names.keys().next().value;
        if (oldest !== undefined) this.#names.delete(oldest);
        this.evicted += 1;
      }
    }
  }
}
