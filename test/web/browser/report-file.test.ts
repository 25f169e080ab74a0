// The report of a store, opened as a file by a real browser without scripts: it shows, asks nobody, and strangers' names are text.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { runKaipo } from '../../fixtures/run-kaipo.js';
import { launchChromium, noChromium } from './chromium.js';
import { HOSTILE_TEXTS } from './hostile-texts.js';
import { recordHistory } from './recorded-history.js';
import { WatchedPage } from './watched-page.js';

test('a report opens from a file with scripts off, and no request leaves it', { skip: noChromium }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaipo-report-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [store, file] = [join(folder, 'store'), join(folder, 'report.html')];
  await recordHistory({ dir: store, nowUs: Date.now() * 1000, days: 3, isHostile: true });
  const made = await runKaipo(['report', '--html', file, '--store', store]);
  assert.equal(made.exitCode, 0, made.stderr);
  const browser = await launchChromium();
  t.after(() => browser.close());
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 360]) {
      const where = `${colorScheme}, ${width} wide`;
      const watched = await WatchedPage.open(browser, 'file://', {
        ...{ colorScheme, viewport: { width, height: 800 } },
        javaScriptEnabled: false,
      });
      const requests: string[] = [];
      watched.page.on('request', (request) => requests.push(request.url()));
      await watched.page.goto(pathToFileURL(file).href);
      assert.deepEqual(requests, [pathToFileURL(file).href], where);
      const shown = await watched.page.locator('body').innerText();
      assert.match(shown, /vlc/, where);
      for (const text of HOSTILE_TEXTS.filter((one) => /^[\x20-\x7e]{1,60}$/.test(one)))
        assert.ok(shown.includes(text), `${where}: ${text}`);
      assert.equal(await watched.page.locator('script, img, svg[onload], iframe, link, form').count(), 0, where);
      watched.assertClean();
      await watched.close();
      // Scripts are on for axe alone.
      const looked = await WatchedPage.open(browser, 'file://', { colorScheme, viewport: { width, height: 800 } });
      await looked.page.goto(pathToFileURL(file).href);
      await looked.assertAccessible(`the report, ${where}`);
      await looked.assertFits(`the report, ${where}`);
      looked.assertClean();
      await looked.close();
    }
  }
});
