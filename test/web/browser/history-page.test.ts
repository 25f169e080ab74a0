// The page History by hand: sliders, layers, drill-down, zoom and comparison each change what is drawn, and what the table beside it says.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright-core';
import { noChromium } from './chromium.js';
import { DashboardScene, settled } from './dashboard-scene.js';

/** What is drawn, as a picture. */
const PICTURE = "document.querySelector('main canvas').toDataURL()";

const drawn = (page: Page): Promise<string> => page.evaluate(PICTURE) as Promise<string>;
const tiles = (page: Page): Promise<string> => page.getByLabel('In this period').innerText();

/** Resolves when the chart is another one. */
async function redrawn(page: Page, before: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const now = await drawn(page);
    if (now !== before) return now;
    // A frame of the browser: what was asked is drawn in one of the next.
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)))');
  }
  return assert.fail('the chart stays what it was');
}

test('the page History by hand', { skip: noChromium, timeout: 120_000 }, async (t) => {
  const scene = await DashboardScene.make({ days: 10 });
  t.after(() => scene.close());
  const watched = await scene.open();
  const { page } = watched;
  const layers = page.getByRole('group', { name: 'Layers' });

  await t.test('the slider of the window, by keys', async () => {
    await watched.goto('/dashboard/#/history?period=24h');
    await settled(page, 'History');
    const window = page.getByRole('slider', { name: 'Window' });
    const [before, sums] = [await drawn(page), await tiles(page)];
    await window.press('ArrowRight');
    await window.press('ArrowRight');
    await window.press('ArrowRight');
    await page.waitForURL(/period=7d/);
    await settled(page);
    await redrawn(page, before);
    assert.notEqual(await tiles(page), sums, 'the sums are of the other window');
    assert.equal(await window.getAttribute('aria-valuetext'), '7 days');
  });

  await t.test('the slider of the step', async () => {
    const before = await drawn(page);
    const sums = await tiles(page);
    const step = page.getByRole('slider', { name: 'Step' });
    await step.press('End');
    await page.waitForURL(/group=/);
    await settled(page);
    await redrawn(page, before);
    assert.equal(
      sums.split('\n').slice(0, 6).join(),
      (await tiles(page)).split('\n').slice(0, 6).join(),
      'the sums stay',
    );
    await step.press('Home');
    await page.waitForURL((url) => !url.href.includes('group='));
    await settled(page);
  });

  await t.test('layers, and one of them alone, and back', async () => {
    let before = await drawn(page);
    for (const [label, by] of [
      ['Protocol', 'protocol'],
      ['Host', 'host'],
      ['Interface', 'interface'],
      ['Application', 'app'],
    ] as const) {
      await layers.getByRole('button', { name: label }).click();
      await page.waitForURL(new RegExp(`by=${by}`));
      await settled(page);
      before = await redrawn(page, before);
    }
    await page.getByRole('heading', { name: 'Traffic by application' }).waitFor();
    await watched.assertAccessible('a chart of layers');
    const layered = before;
    await page.getByRole('table', { name: /./ }).getByRole('link', { name: 'firefox' }).first().click();
    await page.waitForURL(/open=firefox/);
    await settled(page);
    await redrawn(page, layered);
    await page.getByRole('heading', { name: 'firefox' }).waitFor();
    await page.goBack();
    await settled(page);
    await page.getByRole('heading', { name: 'Traffic by application' }).waitFor();
  });

  await t.test('direction, speed, and the period before', async () => {
    let before = await drawn(page);
    for (const [group, label] of [
      ['Direction', 'Received'],
      ['Direction', 'Total'],
      ['Shown as', 'Speed'],
      ['Shown as', 'Amount'],
    ] as const) {
      await page.getByRole('group', { name: group }).getByRole('button', { name: label, exact: true }).click();
      before = await redrawn(page, before);
    }
    await watched.goto('/dashboard/#/history?period=24h');
    await settled(page);
    before = await drawn(page);
    await page.getByRole('checkbox', { name: /period before/ }).check();
    await page.waitForURL(/compare=/);
    await settled(page);
    await redrawn(page, before);
    assert.match(await tiles(page), /[+−±×]\d+/, 'the tiles tell the change');
    watched.assertClean();
  });

  await t.test('what is dragged over is what is asked, and back', async () => {
    const chart = page.locator('main canvas').first();
    const box = (await chart.boundingBox())!;
    const before = await drawn(page);
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=\d+.*to=\d+/);
    await settled(page);
    await redrawn(page, before);
    await page.goBack();
    await page.waitForURL(/period=24h/);
    await settled(page);
    await page.getByRole('button', { name: 'Earlier' }).click();
    await page.waitForURL(/from=\d+.*to=\d+/);
    await settled(page);
    await page.getByRole('button', { name: 'Twice as long' }).click();
    await settled(page);
    watched.assertClean();
  });

  await t.test('the same numbers for those who do not see the chart', async () => {
    await watched.goto('/dashboard/#/history?period=7d&by=app&group=1d');
    await settled(page);
    const table = page.getByText('Table of this chart').first();
    await table.click();
    const rows = await page.locator('details[open] table').first().innerText();
    assert.match(rows, /firefox/);
    assert.match(rows, /[\d.]+ [MG]B/);
    await watched.assertAccessible('the table of a chart');
    watched.assertClean();
  });
  await watched.close();
});
