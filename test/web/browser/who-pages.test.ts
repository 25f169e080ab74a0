// Applications, Hosts and Year by hand: order, search, pages, a row that opens, and the ways from one page to the other and back.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright-core';
import { noChromium } from './chromium.js';
import { DashboardScene, settled, titleOf } from './dashboard-scene.js';

const names = (page: Page, caption: string): Promise<string[]> =>
  page.getByRole('table', { name: caption, exact: true }).locator('tbody th a, tbody th button').allInnerTexts();

test('applications, hosts and the year by hand', { skip: noChromium, timeout: 120_000 }, async (t) => {
  const scene = await DashboardScene.make({ days: 40 });
  t.after(() => scene.close());
  const watched = await scene.open();
  const { page } = watched;

  await t.test('applications: order, search, pages', async () => {
    await watched.goto('/dashboard/#/applications?period=7d');
    await settled(page, 'Applications');
    const table = page.getByRole('table', { name: 'Applications', exact: true });
    const first = await names(page, 'Applications');
    assert.deepEqual(new Set(first.slice(0, 4)), new Set(['vlc', 'restic', 'firefox', 'smbd']));
    const head = table.getByRole('columnheader', { name: 'Sent' });
    await head.getByRole('button').click();
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
    assert.equal((await names(page, 'Applications'))[0], 'restic');
    await head.getByRole('button').press('Enter');
    assert.equal(await head.getAttribute('aria-sort'), 'ascending');
    assert.notEqual((await names(page, 'Applications'))[0], 'restic');
    await page.getByRole('button', { name: 'Next page' }).first().click();
    await page
      .getByText(/^2 of 2/)
      .first()
      .waitFor();
    await page.getByRole('searchbox').first().fill('thunder');
    await page.getByText('1 of 50').waitFor();
    assert.deepEqual(await names(page, 'Applications'), ['thunderbird']);
    await page.getByRole('searchbox').first().fill('no such program');
    await page.getByText('No row has “no such program”').waitFor();
    watched.assertClean();
  });

  await t.test('an application opens, and leads to its hosts and flows', async () => {
    await watched.goto('/dashboard/#/applications?period=7d');
    await settled(page, 'Applications');
    const table = page.getByRole('table', { name: 'Applications', exact: true });
    await table.getByRole('link', { name: 'firefox', exact: true }).click();
    await page.waitForURL(/open=firefox/);
    await settled(page);
    await page.getByRole('heading', { name: 'How it is known' }).waitFor();
    await page.getByText('/usr/lib/firefox/firefox').first().waitFor();
    await watched.assertAccessible('an application');
    await watched.assertFits('an application');
    await page.getByRole('link', { name: 'cdn.example.net' }).first().click();
    await settled(page, 'Hosts');
    await page.getByRole('heading', { name: 'By application' }).waitFor();
    await watched.assertAccessible('a host');
    await page.getByRole('link', { name: 'Its flows' }).click();
    await settled(page, 'Flows');
    await page.getByRole('table').getByText('cdn.example.net:443').first().waitFor();
    await page.goBack();
    await settled(page, 'Hosts');
    await page.getByRole('link', { name: 'All hosts' }).click();
    await settled(page);
    const hosts = await names(page, 'Hosts');
    assert.ok(hosts.includes('video.example.net') && hosts.includes('nas.home.arpa'), hosts.join());
    await page.getByRole('combobox', { name: 'Zone' }).selectOption('lan');
    await page.waitForURL(/zone=lan/);
    await settled(page);
    await page.getByRole('link', { name: 'video.example.net' }).waitFor({ state: 'detached' });
    assert.ok((await names(page, 'Hosts')).every((name) => name.endsWith('.home.arpa')));
    watched.assertClean();
  });

  await t.test('a year, the one before, and a day of it', async () => {
    await watched.goto('/dashboard/#/year');
    await settled(page, titleOf('year'));
    const tiles = page.getByLabel('How much');
    assert.match(await tiles.innerText(), /Total\s+[\d.]+ GB/);
    assert.match(await page.getByLabel('When', { exact: true }).innerText(), /Busiest day\s+\w{3} \d+ \w{3}/);
    const now = new Date();
    const day = `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`;
    await page.locator(`a[href*="from=${day}"]`).first().click();
    await settled(page, 'History');
    assert.match(page.url(), new RegExp(`from=${day}&to=${day}`));
    await page.goBack();
    await settled(page, titleOf('year'));
    const before = new Date().getFullYear() - 40;
    await watched.goto(`/dashboard/#/year?year=${before}`);
    await settled(page, `${before} in review`);
    await page.getByText(`Nothing was recorded in ${before}`).waitFor();
    await page.getByRole('link', { name: `The year ${before + 1}` }).click();
    await settled(page, `${before + 1} in review`);
    watched.assertClean();
  });
  await watched.close();
});
