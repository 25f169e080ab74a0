// Cost of an event on the bus with three subscribers, one of which wants it.
import { EventBus } from '@kaipo/core/bus/event-bus.js';
import { dnsAsked } from '../fixtures/events.js';
import type { Bench } from './measure.js';

const EVENTS = 1000;

export const bench: Bench = {
  name: 'event bus',
  unit: 'event',
  setup() {
    const bus = new EventBus();
    for (const wants of [['dns.asked'], ['flow.ended'], ['alert.raised']] as const) {
      bus.subscribe({ name: wants[0], wants, capacity: 4096, whenFull: 'flush', deliver: () => undefined });
    }
    const event = dnsAsked(1);
    const run = (): void => {
      for (let i = 0; i < EVENTS; i++) bus.write(event);
      bus.flush();
    };
    return { run, units: EVENTS };
  },
};
