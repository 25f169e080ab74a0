// Events from analyzers to whoever subscribed. Owns: one bounded queue a subscriber and what happens when it is full.
// Must not know what an event means. Bound: `capacity` events a subscription; drops are counted, never silent.
//
//   write ──► [ queue ] ──flush──► deliver(batch)        block: flush at once      drop: count and forget
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
}

class Subscriber implements Subscription {
  delivered = 0;
  dropped = 0;
  readonly #options: SubscriptionOptions;
  readonly #queue: KaipoEvent[] = [];
  #isDelivering = false;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  offer(event: KaipoEvent): void {
    const { wants, capacity, whenFull } = this.#options;
    if (wants !== 'all' && !wants.includes(event.kind)) return;
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

  flush(): void {
    if (this.#queue.length === 0 || this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      const count = this.#queue.length;
      this.#options.deliver(this.#queue);
      this.delivered += count;
      this.#queue.splice(0, count);
    } finally {
      this.#isDelivering = false;
    }
  }
}

export class EventBus implements EventWriter {
  readonly #subscribers: Subscriber[] = [];

  subscribe(options: SubscriptionOptions): Subscription {
    const subscriber = new Subscriber(options);
    this.#subscribers.push(subscriber);
    return subscriber;
  }

  write(event: KaipoEvent): void {
    for (const subscriber of this.#subscribers) subscriber.offer(event);
  }

  /** Delivers everything queued: once a batch and once a tick. */
  flush(): void {
    for (const subscriber of this.#subscribers) subscriber.flush();
  }

  get subscriptions(): readonly Subscription[] {
    return this.#subscribers;
  }
}
