// The lists of the dashboard by hand: filter, completion, details, order, search, pages, failures, the account of the books.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright-core';
import { noChromium } from './chromium.js';
import { DashboardScene, settled } from './dashboard-scene.js';
import { HOSTILE_TEXTS } from './hostile-texts.js';
import { householdTicks } from './screens/household-ticks.js';

const cells = (page: Page, column: number): Promise<string[]> =>
  page.locator(`main tbody tr:not(.more) > :nth-child(${column})`).allInnerTexts();

test('flows, names and books by hand', { skip: noChromium, timeout: 120_000 }, async (t) => {
  const scene = await DashboardScene.make({ days: 3 });
  t.after(() => scene.close());
  const watched = await scene.open();
  const { page } = watched;
  const filter = page.getByRole('combobox', { name: 'Filter' });

  await t.test('a filter that is completed, asked, and in the address', async () => {
    await watched.goto('/dashboard/#/flows?period=7d');
    await settled(page, 'Flows');
    await filter.pressSequentially('ap');
    const options = page.getByRole('listbox').getByRole('option');
    assert.match((await options.allInnerTexts()).join('\n'), /app:\s*the program that owns the traffic/);
    await filter.press('ArrowDown');
    await filter.press('Enter');
    assert.equal(await filter.inputValue(), 'app:');
    await filter.pressSequentially('fire');
    await page.getByRole('option', { name: /^firefox/ }).click();
    assert.equal(await filter.inputValue(), 'app:firefox');
    await filter.press('Enter');
    await page.waitForURL(/filter=app:firefox/);
    await settled(page);
    await page.getByText(/flows that fit/).waitFor();
    assert.deepEqual(new Set(await cells(page, 2)), new Set(['firefox']));
    await page.goBack();
    await settled(page);
    assert.equal(await filter.inputValue(), '');
  });

  await t.test('a filter that is not understood is marked where it is wrong', async () => {
    await watched.expecting([/status of 400/], async () => {
      await filter.fill('app:firefox bytes>much');
      await filter.press('Enter');
      const problem = page.getByRole('alert').filter({ hasText: 'column 19' });
      await problem.waitFor();
      assert.equal(await problem.locator('mark').innerText(), 'much');
      assert.match(await problem.innerText(), /bytes takes a size.*Try: bytes>10M/s);
      assert.equal(await filter.getAttribute('aria-invalid'), 'true');
      await watched.assertAccessible('a filter with a mistake');
    });
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('table').waitFor();
    await settled(page);
  });

  await t.test('order, pages, and what is known of a row', async () => {
    await page.getByRole('columnheader', { name: 'Lasted' }).getByRole('button').click();
    await page.waitForURL(/sort=duration/);
    await settled(page);
    assert.equal(await page.getByRole('columnheader', { name: 'Lasted' }).getAttribute('aria-sort'), 'descending');
    const first = await cells(page, 5);
    await page.getByRole('columnheader', { name: 'Lasted' }).getByRole('button').click();
    await page.waitForURL(/reverse=true/);
    await settled(page);
    assert.equal(await page.getByRole('columnheader', { name: 'Lasted' }).getAttribute('aria-sort'), 'ascending');
    assert.notDeepEqual(await cells(page, 5), first);
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.waitForURL(/page=2/);
    await settled(page);
    await page.getByText(/^2 of \d+/).waitFor();
    await page.getByRole('button', { name: 'Page before' }).click();
    await page.getByText(/^1 of \d+/).waitFor();
    const details = page.getByRole('button', { name: /^Details of / }).first();
    await details.press('Enter');
    assert.equal(await details.getAttribute('aria-expanded'), 'true');
    await page.getByText('the kernel told which process opened the socket').waitFor();
    await page.getByText(/^kaipo why [0-9a-f]{16}$/).waitFor();
    await watched.assertAccessible('details of a flow');
    await page
      .getByRole('table')
      .getByRole('button', { name: /\.example\.|\.home\./ })
      .nth(1)
      .click();
    await page.waitForURL(/filter=host:/);
    await settled(page);
    watched.assertClean();
  });

  await t.test('names: search, failures first, and the way to their flows', async () => {
    await watched.goto('/dashboard/#/dns?period=7d');
    await settled(page, 'DNS');
    await page.getByRole('button', { name: 'Failures first' }).click();
    await page.waitForURL(/sort=failed/);
    await settled(page);
    assert.equal((await cells(page, 1))[0], 'printer.home.arpa');
    assert.match((await cells(page, 6))[0]!, /no such name/);
    await page.getByRole('searchbox').fill('video');
    await page.waitForURL(/name=video/);
    await settled(page);
    await page.getByText('1 names').waitFor();
    assert.deepEqual(await cells(page, 1), ['video.example.net']);
    await page.getByRole('searchbox').fill('nothing of the kind');
    await page.getByText('No name with “nothing of the kind” in it').waitFor();
    await page.getByRole('searchbox').press('Escape');
    await page.getByRole('link', { name: 'video.example.net' }).click();
    await settled(page, 'Flows');
    assert.deepEqual(new Set(await cells(page, 3)), new Set(['video.example.net:443']));
    watched.assertClean();
  });

  await t.test('books: what the API says, by interface, in words', async () => {
    await watched.goto('/dashboard/#/books?period=7d');
    await settled(page, 'Books');
    await page.getByText(/^The books close/).waitFor();
    const headings = await page.getByRole('heading', { level: 2 }).allInnerTexts();
    assert.deepEqual(
      headings,
      ['Another period', 'All interfaces', 'eth0', 'wlan0'].filter((one) => headings.includes(one)),
    );
    const wlan = page.getByRole('table', { name: 'Account of wlan0' });
    await wlan.getByText('Not captured: kernel buffer was full').waitFor();
    await wlan.getByText(/it counted the packets and dropped them/).waitFor();
    await watched.goto('/dashboard/#/books?period=7d&interface=eth0');
    await page.getByRole('table', { name: 'Account of wlan0' }).waitFor({ state: 'detached' });
    await page.getByRole('table', { name: 'Account of eth0' }).waitFor();
    watched.assertClean();
  });

  await t.test('alerts: none, and what that means', async () => {
    await watched.goto('/dashboard/#/alerts?period=7d');
    await settled(page, 'Alerts');
    await page.getByText('No alerts', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Critical' }).click();
    await page.getByText('No alerts of this kind').waitFor();
    watched.assertClean();
  });

  await t.test('alerts: as they are raised, told once', async () => {
    const other = await scene.open();
    // Nothing raises alerts when a test wants them: what the stream would say is said here, in two intervals.
    const ts = Math.floor(Date.now() / 1000);
    const [tick] = householdTicks(ts, 1);
    const alert = {
      ts: ts - 1,
      rule: 'port-scan',
      severity: 'warning',
      subject: HOSTILE_TEXTS[0]!,
      summary: 'asked 214 ports',
    };
    await other.page.routeWebSocket(/stream$/, (socket) => {
      socket.send(JSON.stringify({ ...tick, alerts: [{ ...alert, evidence: { ports: 214 } }] }));
      socket.send(JSON.stringify({ ...tick, ts: ts + 1, alerts: [{ ...alert, evidence: { ports: 214 } }] }));
    });
    await other.goto('/dashboard/#/alerts');
    await settled(other.page, 'Alerts');
    const told = other.page.locator('main ol').getByRole('listitem');
    await told.getByText('asked 214 ports').waitFor();
    assert.equal(await told.count(), 1);
    assert.match(
      await told.innerText(),
      /^<script>window.__owned=1<\/script> asked 214 ports\s+Warning · port-scan · ports: 214/,
    );
    await other.assertAccessible('an alert');
    await other.page.getByRole('button', { name: 'Critical' }).click();
    await other.page.getByText('No alerts of this kind').waitFor();
    other.assertClean();
    await other.close();
  });
  await watched.close();
});
