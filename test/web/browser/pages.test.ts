// Every page of the dashboard in a real browser, light, dark and as wide as a phone: nothing to complain about, nothing that leaves, nothing
// that those cannot use who do not see it or have no mouse.
import assert from 'node:assert/strict';
import test from 'node:test';
import { noChromium } from './chromium.js';
import { DashboardScene, PAGES, settled, titleOf } from './dashboard-scene.js';

const VIEWS = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 360 },
] as const;

test('every page, light, dark and on a phone', { skip: noChromium, timeout: 120_000 }, async (t) => {
  const scene = await DashboardScene.make({ days: 3 });
  t.after(() => scene.close());
  for (const { colorScheme, width } of VIEWS) {
    const watched = await scene.open({ colorScheme, viewport: { width, height: 800 } });
    for (const [id] of PAGES) {
      const title = titleOf(id);
      await t.test(`${title}, ${colorScheme}, ${width} wide`, async () => {
        await watched.goto(`/dashboard/#/${id}`);
        await settled(watched.page, title);
        assert.equal(await watched.page.title(), `${title} · kaipo`);
        await watched.assertAccessible(id);
        await watched.assertFits(id);
        watched.assertClean();
      });
    }
    await watched.close();
  }
});
