// The page Now over a captured wire: who moves what to whom is there within two intervals, with nothing lost and the books closed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { Wires } from '../../helper/netns.js';
import { noCapture } from '../../live/live-program.js';
import { DaemonProgram } from '../../soak/daemon-program.js';
import { noChromium } from './chromium.js';
import { DashboardScene, settled } from './dashboard-scene.js';

const SERVER = `require('net').createServer((socket) => {
  const chunk = Buffer.alloc(65536);
  const timer = setInterval(() => socket.write(chunk), 20);
  socket.on('error', () => {}).on('close', () => clearInterval(timer));
}).listen(7000, '10.77.0.2', () => console.log('ready'));`;
const CLIENT = `require('net').connect(7000, '10.77.0.2', () => console.log('ready')).resume();`;

test('the page Now over a captured wire', { skip: noChromium || noCapture, timeout: 120_000 }, async (t) => {
  const wires = new Wires();
  t.after(() => wires.close());
  const inside = (netns: string): string[] => ['netns', 'exec', netns, process.execPath, '-e'];
  const start = async (netns: string, script: string): Promise<void> => {
    const child = spawn('ip', [...inside(netns), script], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
  };
  const scene = await DashboardScene.make({ days: 1, config: '[monitoring]\npoll_interval = 1\n' });
  t.after(() => scene.close());
  const env = { ...process.env, XDG_RUNTIME_DIR: scene.folder, RUNTIME_DIRECTORY: '' };
  const flags = ['--store', scene.store, '--config', scene.config];
  const daemon = new DaemonProgram(flags, ['ip', 'netns', 'exec', wires.near], env);
  t.after(() => daemon.end('SIGKILL'));
  await daemon.ready();

  const watched = await scene.open();
  const { page } = watched;
  let frames = 0;
  page.on('websocket', (socket) =>
    socket.on('framereceived', () => {
      frames += 1;
    }),
  );
  await watched.goto('/dashboard/#/now');
  await settled(page, 'Now');
  await page.getByText(/^Every packet is seen/).waitFor();
  await start(wires.far, SERVER);
  const begun = frames;
  await start(wires.near, CLIENT);
  const received = page
    .getByLabel('At this moment')
    .getByText(/^\d+(\.\d+)? MB\/s$/)
    .first();
  await received.waitFor();
  // The one that was running when it began, and two more.
  assert.ok(frames - begun <= 3, `it took ${frames - begun} intervals`);
  const row = (table: RegExp, text: string) =>
    page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text });
  await row(/^Hosts/, '10.77.0.2')
    .getByText(/MB\/s/)
    .first()
    .waitFor();
  await row(/^Flows/, '10.77.0.2:7000')
    .getByText(/MB\/s/)
    .first()
    .waitFor();
  await row(/^Applications/, 'node')
    .getByText(/MB\/s/)
    .first()
    .waitFor();
  const tiles = await page.getByLabel('At this moment').innerText();
  assert.match(tiles, /Capture loss\s+none/);
  await watched.assertAccessible('captured traffic');
  watched.assertClean();
});
