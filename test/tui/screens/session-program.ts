// The dashboard for the pictures of the README: made-up snapshots, a made-up past, details as the real session makes them of a snapshot.
//   node session-program.js [--light]         one tick a second from tick FIRST on; q ends
import { parseArgs } from 'node:util';
import { openDashboard } from '@kaipo/cli/tui/dashboard.js';
import { pastLabel } from '@kaipo/cli/tui/past-label.js';
import type { PastPicture } from '@kaipo/cli/tui/rewind-view.js';
import { type LiveSubject, liveDetails } from '@kaipo/core/query/live-details.js';
import type { LiveSnapshot, PastInterval } from '@kaipo/core/query/live-snapshot.js';
import { fakeSnapshot, START_US } from '../fake-snapshots.js';

const { values } = parseArgs({ options: { light: { type: 'boolean', default: false } } });
const FIRST = 300;
const FLOWS = 240;
/** Ticks the recorded seconds go back. */
const OLDEST = 10;
const S = 1_000_000;

/** Addresses nobody has (RFC 2544, RFC 3849). */
const documented = (made: LiveSnapshot): LiveSnapshot =>
  JSON.parse(JSON.stringify(made).replaceAll('93.184.', '198.18.').replaceAll('2a00:1450:', '2001:db8:'));
const isPretty = ({ name }: { readonly name: string }): boolean => !name.startsWith('veth') && name !== 'lo';
const snapshotOf = (tick: number, flows = FLOWS): LiveSnapshot => {
  const made = documented(fakeSnapshot(tick, { flows }));
  return {
    ...made,
    interfaces: made.interfaces.filter(isPretty),
    capture: { ...made.capture, delivered: made.capture.received, droppedByKernel: 0, gaps: 0 },
  };
};

function pictureOf(tick: number, samples: number): PastPicture {
  const live = snapshotOf(tick);
  const fromUs = live.tsUs - live.intervalUs;
  const past = { fromUs, toUs: live.tsUs, resolutionS: 1, isRecorded: true } as PastInterval;
  // A flow is recorded when it has ended: of these the whole is known.
  const flows = live.flows.slice(40).map((flow) => ({
    ...flow,
    ...{ movedUnknown: true as const, rxBytes: 0, txBytes: 0, rxPackets: 0, txPackets: 0 },
  }));
  const snapshot: LiveSnapshot = { ...live, flows, dns: [], past };
  const led = Array.from({ length: Math.min(samples, tick) }, (_, i) => {
    const { tsUs, interfaces } = fakeSnapshot(tick - Math.min(samples, tick) + i + 1, { flows: 1 });
    const rates = interfaces.filter(({ captured }) => captured);
    const sum = (pick: (row: (typeof rates)[number]) => number): number =>
      rates.reduce((all, row) => all + pick(row), 0);
    return { tsUs, rx: sum((row) => row.rxBytes), tx: sum((row) => row.txBytes) };
  });
  return { snapshot, samples: led, label: pastLabel(snapshot, START_US) };
}

let tick = FIRST;
let pastTick: number | undefined;
let watched: LiveSubject | undefined;
const detailsOf = (snapshot: LiveSnapshot) =>
  watched === undefined
    ? undefined
    : liveDetails(watched, snapshot, {
        answerOf: (ip) => {
          const host = snapshot.hosts.find((row) => row.ip === ip);
          return host?.name === undefined
            ? undefined
            : { name: host.name, tsUs: snapshot.tsUs - 42 * S, server: '192.168.1.1' };
        },
        placeOf: () => ({ asn: 64_500, network: 'Example Content Network', country: 'DE' }),
      });
const move = (to: number, samples: number): PastPicture => {
  pastTick = Math.max(OLDEST, Math.min(to, tick));
  return pictureOf(pastTick, samples);
};

const dashboard = openDashboard({
  color: true,
  choices: { theme: values.light ? 'light' : 'dark' },
  onQuit: () => {
    dashboard.close();
    process.exit(0);
  },
  onWatch: (subject) => {
    watched = subject;
    return detailsOf(snapshotOf(tick));
  },
  rewind: {
    show: (atUs, samples = 0) => move(Math.round((atUs - START_US) / S), samples),
    step: (count, samples = 0) => {
      const to = (pastTick ?? tick) + count;
      if (to < tick) return move(to, samples);
      pastTick = undefined;
      return undefined;
    },
    alert: (direction, samples = 0) => move((pastTick ?? tick) + 60 * direction, samples),
    leave: () => {
      pastTick = undefined;
    },
  },
});
for (let earlier = 1; earlier < FIRST; earlier += 1) dashboard.update(snapshotOf(earlier, 1));
const show = (): void => {
  const snapshot = snapshotOf(tick);
  const details = detailsOf(snapshot);
  dashboard.update(details === undefined ? snapshot : { ...snapshot, details });
};
show();
// Time is the maker's: it says when a second is over.
process.on('SIGUSR2', () => {
  tick += 1;
  show();
});
