// Names that strangers chose, on every page that shows names: they are text, run nothing, and change nothing round them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { noChromium } from './chromium.js';
import { DashboardScene, PAGES, settled, titleOf } from './dashboard-scene.js';
import { HOSTILE_TEXTS } from './hostile-texts.js';

/** As a browser shows it: nothing of the text is left out but what no font has a shape for. */
const SHOWN = HOSTILE_TEXTS.filter((text) => /^[\x20-\x7e]{1,60}$/.test(text));
/** Where each name must be found. */
const NAMED = new Set(['applications', 'hosts', 'flows']);
const STRANGE = `[...document.querySelectorAll('*')].filter((one) =>
  ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'BASE', 'STYLE', 'IMG'].includes(one.tagName) ||
  [...one.attributes].some(({ name, value }) =>
    name.startsWith('on') || (/^(xlink:)?href$|^src$|action$/.test(name) && /^\\s*javascript:/i.test(value))))
  .map((one) => one.outerHTML.slice(0, 200)).filter((html) => !/^<script type="module" crossorigin="" src="\\.\\/assets/.test(html))`;

test('names of strangers are text on every page', { skip: noChromium, timeout: 120_000 }, async (t) => {
  const scene = await DashboardScene.make({ days: 2, isHostile: true });
  t.after(() => scene.close());
  const watched = await scene.open();
  const { page } = watched;
  for (const [id] of PAGES) {
    const title = titleOf(id);
    await t.test(title, async () => {
      await watched.goto(`/dashboard/#/${id}?period=7d${id === 'flows' ? '&sort=end' : ''}`);
      await settled(page, title);
      if (NAMED.has(id)) await page.getByText(SHOWN[0]!, { exact: true }).first().waitFor();
      const shown = await page.locator('main').innerText();
      for (const text of NAMED.has(id) ? SHOWN : []) assert.ok(shown.includes(text), `${id} does not show ${text}`);
      assert.doesNotMatch(shown, /[\u2028\u2029\u202a-\u202e\u2066-\u2069]/, `${id} shows a sign that turns text`);
      assert.equal(await page.evaluate('window.__owned'), undefined, id);
      assert.deepEqual(await page.evaluate(STRANGE), [], id);
      await watched.assertFits(id);
      watched.assertClean();
    });
  }
  await t.test('a name of a stranger as a filter, and in an address', async () => {
    for (const text of HOSTILE_TEXTS.slice(0, 6)) {
      await watched.goto(`/dashboard/#/dns?period=7d&name=${encodeURIComponent(text.slice(0, 60))}`);
      await settled(page, 'DNS');
      const link = page.getByRole('table').getByRole('link').first();
      const shown = await link.innerText();
      if (SHOWN.includes(text)) assert.equal(shown, text);
      await link.click();
      await settled(page, 'Flows');
      // A name with signs that are not shown is sought by what is shown, and not found.
      if (SHOWN.includes(text)) await page.getByRole('table').getByText(text).first().waitFor();
      assert.equal(await page.evaluate('window.__owned'), undefined, text);
    }
    watched.assertClean();
  });
  await watched.close();
});
