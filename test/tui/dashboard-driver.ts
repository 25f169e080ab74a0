// The dashboard on made-up snapshots, as a program of its own: what the terminal tests start inside a pseudo-terminal.
//   node dashboard-driver.js [--ticks N] [--rung R] [--hostile] [--older] [--notices] [--live MS] [--flows N] [--sockets] [--throw] [--cpu]
// Shows tick N at once; with --live it goes on, one tick every MS. q ends with 0, Ctrl-C with 130.
import { parseArgs } from 'node:util';
import { openDashboard } from '@kaipo/cli/tui/dashboard.js';
import type { Rung } from '@kaipo/core/query/live-snapshot.js';
import { type FakeOptions, fakeSnapshot } from './fake-snapshots.js';

const { values } = parseArgs({
  options: {
    ticks: { type: 'string', default: '120' },
    rung: { type: 'string', default: 'capture+events' },
    sockets: { type: 'boolean', default: false },
    flows: { type: 'string', default: '1000' },
    live: { type: 'string' },
    older: { type: 'boolean', default: false },
    hostile: { type: 'boolean', default: false },
    notices: { type: 'boolean', default: false },
    throw: { type: 'boolean', default: false },
    cpu: { type: 'boolean', default: false },
  },
});

const dashboard = openDashboard({
  color: !process.env['NO_COLOR'],
  title: 'kaipo',
  onQuit(reason) {
    dashboard.close();
    dashboard.close();
    process.exit(reason === 'key' ? 0 : 130);
  },
});
const options: FakeOptions = {
  rung: values.rung as Rung,
  sockets: values.sockets,
  hostile: values.hostile,
  older: values.older,
  notices: values.notices,
  flows: Number(values.flows),
};
const first = Number(values.ticks);
for (let tick = 1; tick <= first; tick += 1)
  dashboard.update(fakeSnapshot(tick, { ...options, flows: tick === first ? Number(values.flows) : 1 }));

if (values.throw) {
  process.stdin.on('data', (data: Buffer) => {
    if (data.includes('X')) throw new Error('thrown by the driver');
  });
}
if (values.live !== undefined) {
  // --cpu takes the making of the snapshots out of the measurement: they are made before.
  const made = values.cpu ? Array.from({ length: 60 }, (_, i) => fakeSnapshot(first + 1 + i, options)) : [];
  let tick = first;
  const started = performance.now();
  const before = process.cpuUsage();
  let updateMs = 0;
  const timer = setInterval(() => {
    tick += 1;
    const snapshot = made[tick - first - 1] ?? fakeSnapshot(tick, options);
    const at = performance.now();
    dashboard.update(snapshot);
    updateMs = Math.max(updateMs, performance.now() - at);
    if (values.cpu && tick - first >= 30) {
      clearInterval(timer);
      const used = process.cpuUsage(before);
      const wallMs = performance.now() - started;
      dashboard.close();
      const percent = ((used.user + used.system) / 1000 / wallMs) * 100;
      process.stdout.write(
        `cpu ${percent.toFixed(2)} % of a core over ${(wallMs / 1000).toFixed(1)} s, slowest update ${updateMs.toFixed(2)} ms\n`,
      );
      process.exit(0);
    }
  }, Number(values.live));
}
