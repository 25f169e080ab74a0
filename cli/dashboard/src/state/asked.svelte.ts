// What every page asks about: the period, the interfaces, the zone, from the address of the view. Owns the words for the API.
import type { AskedValue } from '../logic/address.js';
import { type Period, periodOf } from '../logic/period.js';
import { route } from './route.svelte.js';

class Asked {
  get period(): Period {
    return periodOf({ period: route.value('period'), from: route.value('from'), to: route.value('to') });
  }

  get interfaces(): readonly string[] {
    return route.values('interface');
  }

  get zone(): string | undefined {
    return route.value('zone');
  }

  /** Interfaces and zone as the API takes them. */
  get scope(): Record<string, AskedValue> {
    return { interface: this.interfaces, zone: this.zone };
  }

  /** Period, interfaces and zone as the API takes them: `addressOf('hosts', asked.all, { limit: 50 })`. */
  get all(): Record<string, AskedValue> {
    return { ...this.period.ask, ...this.scope };
  }
}

export const asked = new Asked();
