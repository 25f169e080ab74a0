// `kaipo serve`: the API, the web dashboard and the metrics. Owns: where it listens, what it says when it does, reload and end. What is
// answered is cli/src/web.
import type { ApiConfig } from '@kaipo/core/config/kaipo-config.js';
import type { FastifyInstance } from 'fastify';
import { RunEnd } from '../live/run-end.js';
import { reportError } from '../output/report-error.js';
import { loadSettings, type Settings, type SettingsFlags } from '../settings/settings.js';
import { openDoor, renewTls } from '../web/listen/open-door.js';
import { readTls } from '../web/listen/tls-files.js';
import { type WebDoor, webDoor } from '../web/listen/web-door.js';
import { WebParts } from '../web/web-parts.js';
import { buildWebServer } from '../web/web-server.js';

export interface ServeOptions extends SettingsFlags {
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** A Unix socket instead; true: where it usually lies. */
  readonly socket: string | true | undefined;
  readonly version: string;
}

export async function runServe(options: ServeOptions): Promise<number> {
  try {
    return await new ServeRun(options, await loadSettings(options)).run();
  } catch (error) {
    return reportError(error);
  }
}

const say = (line: string): void => {
  process.stderr.write(`kaipo serve: ${line}\n`);
};

class ServeRun {
  readonly #options: ServeOptions;
  readonly #parts: WebParts;
  #app: FastifyInstance | undefined;
  #door: WebDoor | undefined;

  constructor(options: ServeOptions, settings: Settings) {
    this.#options = options;
    this.#parts = new WebParts(settings, { version: options.version, flags: options, onFailure: say });
  }

  async run(): Promise<number> {
    const renew = (settings: Settings): void => this.#renew(settings);
    const end = new RunEnd({
      onHangup: () =>
        void this.#parts.reload(renew).catch((error) => say(`the configuration was not read again: ${String(error)}`)),
    });
    try {
      const door = this.#chooseDoor();
      this.#door = door;
      const app = await buildWebServer(this.#parts.context(door, renew));
      this.#app = app;
      say(await openDoor(app, door));
      this.#parts.warm();
      while (end.given === undefined) await end.waitUntil(Number.POSITIVE_INFINITY);
      return end.given.exitCode;
    } finally {
      end.release();
      await this.#app?.close();
      await this.#parts.close();
    }
  }

  /** Raises KAIPO_BAD_CONFIG where somebody else could come in. */
  #chooseDoor(): WebDoor {
    const { settings, tokens } = this.#parts;
    const door = webDoor(settings.config.api, this.#options, tokens, Date.now());
    if (door.kind === 'tcp') for (const note of door.tls?.notes ?? []) say(note);
    return door;
  }

  /** The certificate; where it listens stays as it is. Raises KAIPO_BAD_CONFIG for files that do not do: then the old ones go on. */
  #renew({ config: { api } }: Settings): void {
    const door = this.#door;
    const later = changedDoor(this.#parts.settings.config.api, api);
    if (later.length > 0) say(`used from the next start on: ${later.join(', ')}`);
    if (this.#app === undefined || door?.kind !== 'tcp' || door.tls === undefined) return;
    const tls = readTls(api, Date.now());
    for (const note of tls.notes) say(note);
    renewTls(this.#app, tls);
  }
}

/** What is decided when the door is opened. */
function changedDoor(before: ApiConfig, after: ApiConfig): string[] {
  const changed: readonly (readonly [string, boolean])[] = [
    ['api.host', before.host !== after.host],
    ['api.port', before.port !== after.port],
    ['api.socket', before.socket !== after.socket],
    ['api.tokens_file', before.tokensFile !== after.tokensFile],
    ['api.tls_cert_file', (before.tlsCertFile === undefined) !== (after.tlsCertFile === undefined)],
  ];
  return changed.filter(([, isChanged]) => isChanged).map(([name]) => name);
}
