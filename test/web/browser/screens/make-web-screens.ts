// `npm run screens:web`: the pictures of the web dashboard in the README (cli/docs/web-*.webp), light and dark. The history on them is made
// up, and so is what moves; the server, the page and the browser are real. Bound: MAX_BYTES a picture.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { noChromium } from '../chromium.js';
import { DashboardScene, settled } from '../dashboard-scene.js';
import { householdTicks } from './household-ticks.js';

const docs = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', '..', 'cli', 'docs');
const MAX_BYTES = 150_000;
const QUALITY = 82;
const SCHEMES = ['light', 'dark'] as const;
const SECONDS = 290;

interface Picture {
  readonly name: string;
  readonly view: string;
  readonly width?: number;
  readonly height?: number;
  /** What is done before the picture is taken. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  { name: 'now', view: 'now', height: 1000 },
  { name: 'history', view: 'history?period=7d&by=app', height: 1000 },
  {
    name: 'flows',
    view: 'flows?period=7d&sort=end&filter=app:firefox+bytes%3E500k',
    prepare: async (page) =>
      page
        .getByRole('button', { name: /^Details of/ })
        .first()
        .click(),
  },
  { name: 'books', view: 'books?period=7d' },
  { name: 'year', view: 'year', height: 1060 },
  { name: 'phone', view: 'now', width: 390, height: 844 },
];

if (noChromium !== false) {
  process.stderr.write(`screens:web: ${noChromium}\n`);
  process.exit(1);
}
mkdirSync(docs, { recursive: true });
const scene = await DashboardScene.make({ days: 365, config: '[cost]\nrate_per_gb = 0.05\ncurrency = "EUR"\n' });
try {
  for (const colorScheme of SCHEMES) for (const picture of PICTURES) await take(picture, colorScheme);
} finally {
  await scene.close();
}

async function take(
  { name, view, width = 1280, height = 900, prepare }: Picture,
  colorScheme: 'light' | 'dark',
): Promise<void> {
  const watched = await scene.open({ colorScheme, viewport: { width, height } });
  const { page } = watched;
  // What moves, and that somebody records it, is said by us.
  await page.routeWebSocket(/\/api\/stream$/, (socket) => {
    for (const tick of householdTicks(Math.floor(Date.now() / 1000), SECONDS)) socket.send(JSON.stringify(tick));
  });
  await page.route(/\/api\/health$/, async (route) => {
    const answer = await route.fetch();
    const health = (await answer.json()) as object;
    await route.fulfill({ json: { ...health, recorder: { running: true, pid: 812, mode: 'capture+events' } } });
  });
  await watched.goto(`/dashboard/#/${view}`);
  await settled(page);
  await prepare?.(page);
  await settled(page);
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  const bytes = Buffer.from(data, 'base64');
  const file = `web-${name}-${colorScheme}.webp`;
  if (bytes.length > MAX_BYTES) throw new Error(`${file} has ${bytes.length} bytes`);
  writeFileSync(join(docs, file), bytes);
  process.stdout.write(`${file}  ${Math.round(bytes.length / 1000)} kB\n`);
  watched.assertClean();
  await watched.close();
}
