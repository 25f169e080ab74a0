// Cost of filtering a snapshot of 10,000 flows: every list, each interval anew.
import { filteredRows } from '@kaipo/core/query/filter/live-filter.js';
import { parseFilter } from '@kaipo/core/query/filter/traffic-filter.js';
import { fakeSnapshot } from '../tui/fake-snapshots.js';
import type { Bench } from './measure.js';

const FILTERS = ['app:firefox and not lan', 'google', 'host:93.184.0.0/16 or bytes>10M', '/[a-m]+\\.example/'];

export const bench: Bench = {
  name: 'live filter, 10,000 flows',
  unit: 'filter',
  setup() {
    const snapshot = fakeSnapshot(3, { flows: 10_000 });
    const filters = FILTERS.map((text) => parseFilter(text)).flatMap((answer) => (answer.ok ? [answer.filter] : []));
    const run = (): void => {
      for (const filter of filters) {
        const { apps, hosts, processes, protocols } = filteredRows({ ...snapshot }, filter);
        if (apps.length + hosts.length + processes.length + protocols.length < 0) throw new Error('never');
      }
    };
    return { run, units: filters.length };
  },
};
