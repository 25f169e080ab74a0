// A page that is watched: whatever a browser complains about, and whatever leaves the page's own origin, is written down. Owns what
// counts as clean. Bound: MAX_COMPLAINTS.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, Page, Request } from 'playwright-core';

const MAX_COMPLAINTS = 100;
const DEADLINE_MS = 15_000;
// What runs in the page is text here: the types of a browser stay out of the tests.
const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) =>
  console.error('CSP: ' + [event.effectiveDirective, event.blockedURI, event.sourceFile, event.lineNumber].join(' ')));`;
const WIDTHS = '({ width: document.documentElement.scrollWidth, screen: innerWidth })';
const axeSource = (createRequire(import.meta.url)('axe-core') as { readonly source: string }).source;

export class WatchedPage {
  readonly page: Page;
  readonly complaints: string[] = [];
  readonly #origin: string;
  readonly #context: BrowserContext;
  #expected: readonly RegExp[] = [];

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.#context = context;
    this.page = page;
    this.#origin = origin;
  }

  /** `origin`: of the server, or `file://`. */
  static async open(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: process.env['TZ'] ?? 'UTC',
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(DEADLINE_MS);
    const page = await context.newPage();
    const watched = new WatchedPage(context, page, origin);
    await watched.#watch();
    return watched;
  }

  async #watch(): Promise<void> {
    const { page } = this;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        this.#complain(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.#complain(`page error: ${error.stack ?? error.message}`));
    page.on('dialog', (dialog) => {
      this.#complain(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => this.#judge(request));
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).host !== new URL(this.#origin).host) this.#complain(`leaves: ${socket.url()}`);
    });
    await page.addInitScript(TELL_VIOLATIONS);
  }

  #judge(request: Request): void {
    const url = request.url();
    if (/^(data|blob|about):/.test(url)) return;
    const isOwn = this.#origin === 'file://' ? url.startsWith('file://') : new URL(url).origin === this.#origin;
    if (!isOwn) this.#complain(`leaves: ${url}`);
  }

  #complain(text: string): void {
    if (this.#expected.some((pattern) => pattern.test(text))) return;
    if (this.complaints.length < MAX_COMPLAINTS) this.complaints.push(text);
  }

  /** While `work` runs these complaints are right: a server that was ended cannot be reached. */
  async expecting<Answer>(patterns: readonly RegExp[], work: () => Promise<Answer>): Promise<Answer> {
    this.#expected = patterns;
    try {
      return await work();
    } finally {
      this.#expected = [];
    }
  }

  /** A fresh page, also where only the part after the # is another one. */
  async goto(path: string): ReturnType<Page['goto']> {
    await this.page.goto('about:blank');
    return this.page.goto(`${this.#origin}${path}`);
  }

  /** Nothing a browser would complain about, and nothing asked of anybody else. */
  assertClean(): void {
    assert.deepEqual(this.complaints, []);
  }

  /** No violation that axe calls serious or critical. */
  async assertAccessible(where: string): Promise<void> {
    const found = (await this.page.evaluate(
      `${axeSource}; axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
    )) as readonly {
      id: string;
      impact: string;
      help: string;
      nodes: readonly { html: string; failureSummary: string }[];
    }[];
    const grave = found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => {
        const shown = nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 200)}\n${failureSummary}`);
        return `${where}: ${id} (${help}), ${nodes.length} times: ${shown.join('\n')}`;
      });
    assert.deepEqual(grave, []);
  }

  /** The page is not wider than the screen. */
  async assertFits(where: string): Promise<void> {
    const { width, screen } = (await this.page.evaluate(WIDTHS)) as { readonly width: number; readonly screen: number };
    assert.ok(width <= screen, `${where} is ${width} wide on a screen of ${screen}`);
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}
