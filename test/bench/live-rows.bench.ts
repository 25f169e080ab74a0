// Cost of closing an interval in which 10,000 flows moved, all of which a dashboard lists: names, owners, services and places known.
import { viewSource } from '@kaipo/cli/live/view-source.js';
import { pluginSet } from '@kaipo/cli/plugins/plugin-set.js';
import type { FlowOwner } from '@kaipo/core/api/index.js';
import { Engine } from '@kaipo/core/engine/engine.js';
import type { FrameBatch } from '@kaipo/core/frame/frame-batch.js';
import { LiveView } from '@kaipo/core/query/live-view.js';
import { TrafficZones } from '@kaipo/core/query/traffic-zone.js';
import { ethernetIp } from '../fixtures/link-layers.js';
import { frameBatch } from '../fixtures/synthetic-traffic.js';
import { ACK, PSH, tcp } from '../fixtures/transport-layers.js';
import type { Bench } from './measure.js';

const FLOWS = 10_000;
const BATCH = 2_500;
const LOCAL = '192.0.2.10';
const START_US = 1_767_225_600_000_000;
const NAMES = ['www.youtube.com', 'registry.npmjs.org', 'cdn.example.net', 'deb.debian.org'];

/** A view over an engine in which all flows have moved; `move` lets them move again. */
export function busyView(): { readonly view: LiveView; move(): void } {
  const engine = new Engine({ ...pluginSet({}), maxFlows: 262_144 });
  const zones = new TrafficZones();
  zones.refresh([{ address: LOCAL, cidr: `${LOCAL}/24` }]);
  const owners = Array.from(
    { length: 50 },
    (_, i): FlowOwner => ({
      ...{ app: `app${i}`, pid: 1000 + i, exe: `/usr/bin/app${i}`, user: 'me', unit: 'app.slice', quality: 'event' },
    }),
  );
  const view = new LiveView(
    viewSource(engine, {
      interfaceName: () => 'eth0',
      addresses: zones,
      findOwner: ({ localPort = 0 }) => owners[localPort % 60] ?? 'no-socket',
    }),
  );
  const batches = Array.from({ length: FLOWS / BATCH }, (_, n) => batchOf(n * BATCH));
  let second = 0;
  const move = (): void => {
    second += 1;
    for (const batch of batches) {
      for (let row = 0; row < batch.length; row++) batch.tsUs[row] = START_US + second * 1e6 + row;
      engine.process(batch);
    }
  };
  move();
  for (let flow = 0; flow < FLOWS; flow++)
    engine.notebook.setServerName(flow, `${flow % 100}.${NAMES[flow % NAMES.length]}`, 'sni');
  return { view, move };
}

function batchOf(first: number): FrameBatch {
  const frames = Array.from({ length: BATCH }, (_, n) => {
    const flow = first + n;
    const server = { ip: `93.${184 + (flow % 3)}.${(flow >> 8) & 255}.${flow & 255}`, port: 443 };
    const client = { ip: LOCAL, port: 2000 + flow };
    return ethernetIp(tcp(client, server, { flags: PSH | ACK, payload: new Uint8Array(flow % 200) }));
  });
  return frameBatch(frames);
}

export const bench: Bench = {
  name: 'live rows, 10,000 flows that moved',
  unit: 'interval',
  setup() {
    const { view, move } = busyView();
    const run = (): void => {
      move();
      view.take();
    };
    return { run, units: 1 };
  },
};
