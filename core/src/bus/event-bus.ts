// Events from analyzers to whoever subscribed. Owns: one bounded queue a subscriber and what happens when it is full.
// Must not know what an event means. Bound: `capacity` events a subscription, and as many being delivered; drops are counted, never silent.
//
//   write ──► [ queue ] ──flush──► deliver(batch)        flush: deliver at once      drop: count and forget
import type { EventKind, EventWriter, KaipoEvent } from '../api/events.js';

/** `flush`: a full queue is delivered at once, the writer pays (files, stores). `drop-newest`: the event is lost and counted. */
export type WhenFull = 'flush' | 'drop-newest';

export interface SubscriptionOptions {
  readonly name: string;
  readonly wants: readonly EventKind[] | 'all';
  readonly capacity: number;
  readonly whenFull: WhenFull;
  /** Called with what is queued, oldest first. The array is reused: copy what must stay. */
  deliver(events: readonly KaipoEvent[]): void;
}

export interface Subscription {
  readonly name: string;
  readonly delivered: number;
  readonly dropped: number;
  /** Delivers what is queued before the bus does; false when there was nothing to do. */
  flush(): boolean;
}

const MAX_ROUNDS = 8;

class Subscriber implements Subscription {
  delivered = 0;
  dropped = 0;
  readonly #options: SubscriptionOptions;
  #queue: KaipoEvent[] = [];
  /** Takes the place of the queue while that is delivered: what is written meanwhile is not part of the delivery. */
  #spare: KaipoEvent[] = [];
  #isDelivering = false;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  wants(kind: EventKind): boolean {
    const { wants } = this.#options;
    return wants === 'all' || wants.includes(kind);
  }

  /** Of a kind it wants. */
  offer(event: KaipoEvent): void {
    const { capacity, whenFull } = this.#options;
    if (this.#queue.length >= capacity) {
      // A subscriber that writes events while it is served cannot be served again: that would have no bound.
      if (whenFull === 'drop-newest' || this.#isDelivering) {
        this.dropped += 1;
        return;
      }
      this.flush();
    }
    this.#queue.push(event);
  }

  flush(): boolean {
    if (this.#queue.length === 0 || this.#isDelivering) return false;
    const events = this.#queue;
    this.#queue = this.#spare;
    this.#isDelivering = true;
    try {
      this.#options.deliver(events);
      this.delivered += events.length;
    } finally {
      events.length = 0;
      this.#spare = events;
      this.#isDelivering = false;
    }
    return true;
  }
}

export class EventBus implements EventWriter {
  readonly #subscribers: Subscriber[] = [];
  /** By kind, those who want it, in the order of #subscribers: found once a kind. */
  readonly #wanting = new Map<EventKind, readonly Subscriber[]>();

  subscribe(options: SubscriptionOptions): Subscription {
    const subscriber = new Subscriber(options);
    this.#subscribers.push(subscriber);
    this.#wanting.clear();
    return subscriber;
  }

  write(event: KaipoEvent): void {
    const wanting = this.#whoWants(event.kind);
    for (let i = 0; i < wanting.length; i++) wanting[i]!.offer(event);
  }

  /** Does anybody take such events? What nobody takes need not be made. */
  isWanted(kind: EventKind): boolean {
    return this.#whoWants(kind).length > 0;
  }

  #whoWants(kind: EventKind): readonly Subscriber[] {
    const known = this.#wanting.get(kind);
    if (known !== undefined) return known;
    const wanting = this.#subscribers.filter((subscriber) => subscriber.wants(kind));
    this.#wanting.set(kind, wanting);
    return wanting;
  }

  /** Delivers everything queued: once a batch and once a tick. */
  flush(): void {
    // Subscribers may answer events with events for those before them: they arrive too, but nobody can keep this going for ever.
    for (let round = 0; round < MAX_ROUNDS; round++) {
      let isQuiet = true;
      for (const subscriber of this.#subscribers) {
        if (subscriber.flush()) isQuiet = false;
      }
      if (isQuiet) return;
    }
  }

  get subscriptions(): readonly Subscription[] {
    return this.#subscribers;
  }
}
