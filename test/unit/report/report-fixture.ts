// A store with a name of the caller's in every place that has one, for tests of what becomes of names.
import type { IntervalRecord } from '@kaipo/core/api/interval-record.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { flowEnded, intervalOf, nameAnswered, seededRandom } from '../store/store-fixtures.js';

export const START_US = 1_700_000_000_000_000;
const STEP_US = 600_000_000;
const STEPS = 24;
export const END_US = START_US + STEPS * STEP_US;

/** `nameOf`: the name of the nth thing of a kind; n is small. */
export type NameOf = (kind: string, n: number) => string;

/** Closed by the caller. */
export async function namedStore(dir: string, nameOf: NameOf): Promise<Store> {
  const store = openStore({ dir, clock: () => END_US });
  const random = seededRandom(3);
  for (let index = 0; index < STEPS; index++) {
    const startUs = START_US + index * STEP_US;
    const { flow, ...ended } = flowEnded(startUs + 1000, random, index);
    const server = { ...flow.server, ip: nameOf('address', index % 5) };
    await store.append({
      intervals: [named(intervalOf(startUs, random), nameOf, startUs, index)],
      ended: [
        {
          ...ended,
          flow: {
            ...flow,
            server,
            client: { ...flow.client, ip: nameOf('client', 0) },
            interface: nameOf('interface', 0),
            protocol: nameOf('protocol', 0),
            application: nameOf('service', index % 3),
            serverName: nameOf('host', index % 5),
            owner: {
              app: nameOf('app', index % 3),
              exe: nameOf('exe', index % 3),
              user: nameOf('user', 0),
              unit: nameOf('unit', 0),
              container: nameOf('container', 0),
              pid: 7,
              quality: 'event',
            },
          },
        },
      ],
      names: [nameAnswered(startUs, nameOf('host', index % 5), [nameOf('address', index % 5)])],
    });
  }
  return store;
}

function named(interval: IntervalRecord, nameOf: NameOf, startUs: number, index: number): IntervalRecord {
  const scope = { interface: nameOf('interface', 0), zone: 'internet' as const };
  const { unit, container, user } = {
    unit: nameOf('unit', 0),
    container: nameOf('container', 0),
    user: nameOf('user', 0),
  };
  return {
    ...interval,
    endUs: startUs + STEP_US,
    interfaces: interval.interfaces.map((row) => ({ ...row, name: nameOf('interface', 0) })),
    apps: interval.apps.map((row, rank) => {
      return { ...row, ...scope, name: nameOf('app', rank), exe: nameOf('exe', rank), user, unit, container };
    }),
    hosts: interval.hosts.map((row, rank) => ({ ...row, ...scope, name: nameOf('address', (rank + index) % 5) })),
    protocols: interval.protocols.map((row, rank) => ({ ...row, ...scope, name: nameOf('protocol', rank) })),
    unknown: interval.unknown.map((row) => ({ ...row, ...scope })),
    books: interval.books.map((row) => ({ ...row, interface: nameOf('interface', 0) })),
  };
}
