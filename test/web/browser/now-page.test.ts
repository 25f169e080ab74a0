// The page Now on real traffic: a recorder that needs no privilege sees what this process moves, the page shows it within two intervals,
// and says so when the recorder or the server is gone.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DaemonProgram } from '../../soak/daemon-program.js';
import { noChromium } from './chromium.js';
import { DashboardScene, settled } from './dashboard-scene.js';

const INTERVAL_S = 1;
const SOCKETS = fileURLToPath(new URL('../../../../capture-helper/build/kaipo-sockets', import.meta.url));
const skip = noChromium || (existsSync(SOCKETS) ? false : 'kaipo-sockets is not built');

/** Bytes through loopback as fast as they are read, until it is ended. */
function pour(t: TestContext): Promise<() => void> {
  const chunk = Buffer.alloc(65_536);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    const write = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', write);
    write();
  });
  const end = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  t.after(end);
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const reader = connect((server.address() as AddressInfo).port, '127.0.0.1', () => resolve(end));
      sockets.add(reader.on('error', () => undefined).resume());
    }),
  );
}

test('the page Now on real traffic', { skip, timeout: 120_000 }, async (t) => {
  const config = `[monitoring]\npoll_interval = ${INTERVAL_S}\n`;
  const scene = await DashboardScene.make({ days: 1, config });
  t.after(() => scene.close());
  const env = { ...process.env, XDG_RUNTIME_DIR: scene.folder, RUNTIME_DIRECTORY: '' };
  const startRecorder = async (): Promise<DaemonProgram> => {
    const flags = ['--helper', 'none', '--store', scene.store, '--config', scene.config];
    const daemon = new DaemonProgram(flags, [], env);
    t.after(() => daemon.end('SIGKILL'));
    await daemon.ready();
    return daemon;
  };
  const recorder = await startRecorder();
  const watched = await scene.open();
  const { page } = watched;
  /** Intervals that reached the page. */
  let frames = 0;
  page.on('websocket', (socket) =>
    socket.on('framereceived', () => {
      frames += 1;
    }),
  );
  const tiles = page.getByLabel('At this moment');
  const connection = (text: string): Promise<void> =>
    page.getByRole('status').getByText(text, { exact: true }).waitFor();

  await t.test('what moves is shown within two intervals', async () => {
    await watched.goto('/dashboard/#/now');
    await settled(page, 'Now');
    await connection('Live');
    await tiles.waitFor();
    const chart = 'document.querySelector("main canvas").toDataURL()';
    const before = await page.evaluate(chart);
    const apps = page.getByRole('table', { name: /^Applications/ });
    const row = apps.getByRole('row').filter({ hasText: `pid ${process.pid}` });
    const begun = frames;
    const end = await pour(t);
    await row
      .getByText(/^\d+(\.\d+)? [MG]B\/s$/)
      .first()
      .waitFor();
    // The one that was running when it began, and two more.
    assert.ok(frames - begun <= 3, `it took ${frames - begun} intervals`);
    end();
    await row.waitFor({ state: 'detached' });
    assert.notEqual(await page.evaluate(chart), before, 'the chart goes on');
    await watched.assertAccessible('live traffic');
    watched.assertClean();
  });

  await t.test('a recorder that ends, and another one', async () => {
    await page.getByText('No recorder runs').waitFor({ state: 'detached' });
    await recorder.end();
    await page
      .getByText(/No recorder runs|recorder (has )?ended|was lost/i)
      .first()
      .waitFor();
    const seen = frames;
    await startRecorder();
    await page.getByText('No recorder runs').waitFor({ state: 'detached' });
    await connection('Live');
    assert.ok(frames >= seen);
    watched.assertClean();
  });

  await t.test('a server that is gone is said, and found again', async () => {
    await watched.expecting([/ERR_|WebSocket connection/], async () => {
      await scene.server.end('SIGKILL');
      await connection('Connection lost, trying again');
      await scene.startAgain();
      const seen = frames;
      await connection('Live');
      for (let tries = 0; frames <= seen && tries < 100; tries++)
        await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
      assert.ok(frames > seen, 'intervals go on');
    });
    await settled(page);
    watched.assertClean();
  });
  await watched.close();
});
