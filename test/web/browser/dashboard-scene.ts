// What a test of the dashboard needs: a recorded store, the real server on it, a real browser. Owns the folder and the order of the end.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { recordHistory } from './recorded-history.js';
import { type ServeOptions, ServeProgram } from './serve-program.js';
import { WatchedPage } from './watched-page.js';

/** Days with a change of summer time are no matter here; days that are not those of UTC are. */
process.env['TZ'] = 'Europe/Berlin';

export interface SceneOptions {
  readonly days?: number;
  readonly isHostile?: boolean;
  /** What the configuration holds at first. */
  readonly config?: string;
  /** Nothing was ever recorded. */
  readonly isEmpty?: boolean;
  /** What is done before the server starts. */
  readonly prepare?: (served: ServeOptions) => Promise<void>;
}

export class DashboardScene {
  readonly folder: string;
  readonly browser: Browser;
  server: ServeProgram;
  readonly #options: ServeOptions;

  private constructor(folder: string, browser: Browser, server: ServeProgram, options: ServeOptions) {
    this.folder = folder;
    this.browser = browser;
    this.server = server;
    this.#options = options;
  }

  static async make(options: SceneOptions = {}): Promise<DashboardScene> {
    const { days = 10, isHostile = false, config = '', isEmpty = false, prepare } = options;
    const folder = mkdtempSync(join(tmpdir(), 'kaipo-browser-'));
    const served = { store: join(folder, 'store'), config: join(folder, 'kaipo.toml'), home: folder };
    writeFileSync(served.config, config);
    try {
      if (!isEmpty) await recordHistory({ dir: served.store, nowUs: Date.now() * 1000, days, isHostile });
      await prepare?.(served);
      // The server first: it is the one that may not start, and a browser that is left alone never ends.
      const server = await ServeProgram.start(served);
      const browser = await launchChromium().catch(async (error) => {
        await server.end();
        throw error;
      });
      return new DashboardScene(folder, browser, server, served);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get config(): string {
    return this.#options.config;
  }

  get store(): string {
    return this.#options.store;
  }

  open(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    return WatchedPage.open(this.browser, this.server.origin, options);
  }

  /** The same port, so that a page that is open finds it again. */
  async startAgain(): Promise<void> {
    this.server = await ServeProgram.start({ ...this.#options, port: this.server.port });
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Every page of the dashboard: as its address names it, and as its link does. */
export const PAGES = [
  ['now', 'Now'],
  ['history', 'History'],
  ['applications', 'Applications'],
  ['hosts', 'Hosts'],
  ['flows', 'Flows'],
  ['dns', 'DNS'],
  ['alerts', 'Alerts'],
  ['books', 'Books'],
  ['year', 'Year'],
  ['settings', 'Settings'],
] as const;

/** What stands above the page, where that is not what its link says. */
export function titleOf(id: (typeof PAGES)[number][0]): string {
  if (id === 'year') return `${new Date().getFullYear()} in review`;
  return PAGES.find(([one]) => one === id)![1];
}

/** What was clicked has reached the page: its address is read, its questions are asked. */
const REACHED = 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))';

/** The page is there and nothing of it is awaited any more. */
export async function settled(page: Page, title?: string): Promise<void> {
  await page.evaluate(REACHED);
  if (title !== undefined) await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.waitForSelector('.bones, [aria-busy=true]', { state: 'detached' });
}
