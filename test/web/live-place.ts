// A web server with its live numbers, as `kaipo serve` builds it, over a store of its own, and the recorder beside it. Everything is real.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { loadSettings } from '@kaipo/cli/settings/settings.js';
import type { LiveFeed } from '@kaipo/cli/web/live-feed.js';
import { WebParts } from '@kaipo/cli/web/web-parts.js';
import { buildWebServer } from '@kaipo/cli/web/web-server.js';
import type { FastifyInstance } from 'fastify';
import { DaemonProgram } from '../soak/daemon-program.js';

const ENV = { ...process.env, XDG_RUNTIME_DIR: '', RUNTIME_DIRECTORY: '' };

export interface LivePlace {
  readonly app: FastifyInstance;
  readonly live: LiveFeed;
  /** Reads the configuration again, as SIGHUP does. */
  reload(): Promise<unknown>;
  /** host:port */
  readonly address: string;
  /** Starts a recorder that measures five times a second: without privileges, if not asked otherwise. */
  record(args?: readonly string[]): Promise<DaemonProgram>;
}

export async function livePlace(t: TestContext): Promise<LivePlace> {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-web-live-'));
  const [store, config] = [join(folder, 'store'), join(folder, 'kaipo.toml')];
  writeFileSync(config, '[monitoring]\npoll_interval = 0.2\nbatch_write_interval = 1\n');
  const flags = { store, config };
  const parts = new WebParts(await loadSettings(flags), {
    version: '1.2.3',
    flags,
    onFailure: (text) => {
      throw new Error(text);
    },
  });
  const context = parts.context();
  const app = await buildWebServer(context);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const recorders: DaemonProgram[] = [];
  t.after(async () => {
    await app.close();
    await parts.close();
    for (const recorder of recorders) await recorder.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    app,
    live: context.live,
    reload: () => context.reload(),
    address: `127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    record: async (args = ['--helper', 'none']) => {
      const recorder = new DaemonProgram([...args, '--store', store, '--config', config], [], ENV);
      recorders.push(recorder);
      await recorder.ready();
      return recorder;
    },
  };
}
