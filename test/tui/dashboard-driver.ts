// The dashboard on made-up snapshots, as a program of its own: what the terminal tests start inside a pseudo-terminal.
//   node dashboard-driver.js [--ticks N] [--rung R] [--hostile] [--older] [--notices] [--live MS] [--flows N] [--sockets] [--throw] [--cpu]
//        [--rich] [--past] [--theme NAME]
// Shows tick N at once; with --live it goes on, one tick every MS. q ends with 0, Ctrl-C with 130.
// --rich: rows know all that rows can know, alerts are raised, details are looked up. --past: there are pictures of the past.
import { parseArgs } from 'node:util';
import { openDashboard } from '@kaipo/cli/tui/dashboard.js';
import type { ThemeName } from '@kaipo/cli/tui/themes.js';
import { liveDetails } from '@kaipo/core/query/live-details.js';
import type { LiveSnapshot, Rung } from '@kaipo/core/query/live-snapshot.js';
import { withKnowledge } from './fake-knowledge.js';
import { fakePast } from './fake-past.js';
import { type FakeOptions, fakeSnapshot as plainSnapshot } from './fake-snapshots.js';

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
    rich: { type: 'boolean', default: false },
    past: { type: 'boolean', default: false },
    theme: { type: 'string', default: 'dark' },
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
const fakeSnapshot = (tick: number, how: FakeOptions): LiveSnapshot => {
  const plain = plainSnapshot(tick, how);
  return values.rich ? withKnowledge(plain, tick, values.hostile) : plain;
};
let shown: LiveSnapshot | undefined;

const dashboard = openDashboard({
  color: !process.env['NO_COLOR'],
  title: 'kaipo',
  choices: { theme: values.theme as ThemeName },
  ...(values.past ? { rewind: fakePast((tick) => fakeSnapshot(tick, options), Number(values.ticks)) } : {}),
  onWatch: (subject) =>
    values.rich && subject !== undefined && shown !== undefined ? liveDetails(subject, shown, {}) : undefined,
  onQuit(reason) {
    dashboard.close();
    dashboard.close();
    process.exit(reason === 'key' ? 0 : 130);
  },
});
const first = Number(values.ticks);
for (let tick = 1; tick <= first; tick += 1)
  show(fakeSnapshot(tick, { ...options, flows: tick === first ? Number(values.flows) : 1 }));

function show(snapshot: LiveSnapshot): void {
  shown = snapshot;
  dashboard.update(snapshot);
}

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
    show(snapshot);
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
