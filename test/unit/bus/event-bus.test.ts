// The bus: order, what each policy does when a queue is full, and subscribers that write while they are served.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { KaipoEvent } from '@kaipo/core/api/index.js';
import { EventBus, type SubscriptionOptions } from '@kaipo/core/bus/event-bus.js';
import { alertRaised, dnsAsked } from '../../fixtures/events.js';

const numberOf = (event: KaipoEvent): number => (event.kind === 'dns.asked' ? event.id : -1);

/** A subscription that keeps the numbers of what it was given, delivery by delivery. */
function listen(bus: EventBus, options: Partial<SubscriptionOptions> = {}): number[][] {
  const deliveries: number[][] = [];
  bus.subscribe({
    name: 'test',
    wants: 'all',
    capacity: 3,
    whenFull: 'flush',
    deliver: (events) => deliveries.push(events.map(numberOf)),
    ...options,
  });
  return deliveries;
}

test('events wait for the flush and arrive in order, once', () => {
  const bus = new EventBus();
  const seen = listen(bus, { capacity: 10 });
  for (let id = 0; id < 5; id++) bus.write(dnsAsked(id));
  assert.deepEqual(seen, []);
  bus.flush();
  bus.flush();
  assert.deepEqual(seen, [[0, 1, 2, 3, 4]]);
  assert.equal(bus.subscriptions[0]!.delivered, 5);
});

test('flush: a full queue is delivered at once, nothing is lost', () => {
  const bus = new EventBus();
  const seen = listen(bus);
  for (let id = 0; id < 8; id++) bus.write(dnsAsked(id));
  bus.flush();
  assert.deepEqual(seen, [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7],
  ]);
  assert.deepEqual([bus.subscriptions[0]!.delivered, bus.subscriptions[0]!.dropped], [8, 0]);
});

test('drop-newest: what does not fit is counted, and nobody else loses it', () => {
  const bus = new EventBus();
  const small = listen(bus, { whenFull: 'drop-newest' });
  const large = listen(bus, { capacity: 100 });
  for (let id = 0; id < 8; id++) bus.write(dnsAsked(id));
  bus.flush();
  assert.deepEqual(small, [[0, 1, 2]]);
  assert.deepEqual(large, [[0, 1, 2, 3, 4, 5, 6, 7]]);
  assert.deepEqual([bus.subscriptions[0]!.delivered, bus.subscriptions[0]!.dropped], [3, 5]);
  bus.write(dnsAsked(9));
  bus.flush();
  assert.deepEqual(small.at(-1), [9], 'after a flush there is room again');
});

test('each gets the kinds it wants', () => {
  const bus = new EventBus();
  const alerts = listen(bus, { wants: ['alert.raised'] });
  const questions = listen(bus, { wants: ['dns.asked', 'dns.answered'] });
  bus.write(dnsAsked(7));
  bus.write(alertRaised('r'));
  bus.flush();
  assert.deepEqual([alerts, questions], [[[-1]], [[7]]]);
});

test('who writes what it wants itself gets each event once', () => {
  const bus = new EventBus();
  const seen: number[] = [];
  bus.subscribe({
    name: 'echo',
    wants: ['dns.asked'],
    capacity: 10,
    whenFull: 'flush',
    deliver: (events) => {
      for (const event of events) {
        seen.push(numberOf(event));
        if (numberOf(event) < 3) bus.write(dnsAsked(numberOf(event) + 1));
      }
    },
  });
  bus.write(dnsAsked(0));
  bus.flush();
  bus.flush();
  assert.deepEqual(seen, [0, 1, 2, 3]);
});

test('who answers itself for ever is stopped, and what it writes has a bound', { timeout: 5000 }, () => {
  const bus = new EventBus();
  let calls = 0;
  const subscription = bus.subscribe({
    name: 'endless',
    wants: 'all',
    capacity: 4,
    whenFull: 'flush',
    deliver: () => {
      calls += 1;
      for (let id = 0; id < 100; id++) bus.write(dnsAsked(id));
    },
  });
  bus.write(dnsAsked(0));
  bus.flush();
  assert.ok(calls >= 1 && calls < 100);
  assert.ok(subscription.dropped > 0);
});

test('an answer reaches subscribers of any place in the same flush', () => {
  const bus = new EventBus();
  const alerts = listen(bus, { wants: ['alert.raised'] });
  bus.subscribe({
    name: 'rule',
    wants: ['dns.asked'],
    capacity: 10,
    whenFull: 'flush',
    deliver: (events) => {
      for (const event of events) bus.write(alertRaised(`question ${numberOf(event)}`));
    },
  });
  bus.write(dnsAsked(1));
  bus.flush();
  assert.deepEqual(alerts, [[-1]]);
});

test('a subscriber that throws is not given the same events again', () => {
  const bus = new EventBus();
  let calls = 0;
  bus.subscribe({
    name: 'broken',
    wants: 'all',
    capacity: 10,
    whenFull: 'flush',
    deliver: () => {
      calls += 1;
      throw new Error('the pipe is closed');
    },
  });
  bus.write(dnsAsked(1));
  assert.throws(() => bus.flush(), /pipe is closed/);
  bus.flush();
  assert.equal(calls, 1);
});
