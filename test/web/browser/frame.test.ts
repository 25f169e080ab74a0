// The frame round the pages: the ways between them, keys, period and filters in the address, colours, and what is shown when the server
// is gone or wants a token.
import assert from 'node:assert/strict';
import test from 'node:test';
import { runKaipo } from '../../fixtures/run-kaipo.js';
import { noChromium } from './chromium.js';
import { DashboardScene, PAGES, settled, titleOf } from './dashboard-scene.js';

const GONE = [
  /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED/,
  /WebSocket connection/,
];
const REFUSED = [/status of 401/, /WebSocket connection/];

test('the frame of the dashboard', { skip: noChromium, timeout: 120_000 }, async (t) => {
  const scene = await DashboardScene.make({ days: 3 });
  t.after(() => scene.close());
  const watched = await scene.open();
  const { page } = watched;
  const theme = (): Promise<unknown> => page.evaluate('document.documentElement.dataset.theme');

  await t.test('every page by its link, and back', async () => {
    await watched.goto('/');
    await settled(page, 'Now');
    assert.equal(new URL(page.url()).pathname, '/dashboard/');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    for (const [id, name] of PAGES) {
      await pages.getByRole('link', { name, exact: true }).click();
      await settled(page, titleOf(id));
      assert.equal(await pages.locator('[aria-current=page]').innerText(), name);
      // Who listens begins at the title of the new page.
      if (id !== 'now') assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1');
    }
    await page.goBack();
    await settled(page, titleOf('year'));
    await watched.goto('/dashboard/#/nowhere');
    await page.getByText('There is no page “nowhere”').waitFor();
    watched.assertClean();
  });

  await t.test('keys', async () => {
    await watched.goto('/dashboard/#/books');
    await settled(page, 'Books');
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await settled(page, 'DNS');
    await page.keyboard.press('/');
    assert.equal(await page.evaluate('document.activeElement.type'), 'search');
    await page.keyboard.type('g h');
    assert.equal(await page.getByRole('searchbox').inputValue(), 'g h', 'a field keeps its keys');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await watched.assertAccessible('the dialog of keys');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'hidden' });
    await page.reload();
    await settled(page, 'DNS');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), 'main');
    watched.assertClean();
  });

  await t.test('colours: as the system says, or as chosen, and remembered', async () => {
    assert.equal(await theme(), 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForSelector('[data-theme=dark]');
    await page.keyboard.press('t');
    await page.waitForSelector('[data-theme=light]');
    await page.reload();
    await settled(page, 'DNS');
    assert.equal(await theme(), 'light', 'a choice is kept');
    await page.getByRole('group', { name: 'Colours' }).getByRole('button', { name: 'As the system' }).click();
    await page.waitForSelector('[data-theme=dark]');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.waitForSelector('[data-theme=light]');
    watched.assertClean();
  });

  await t.test('period and filters are in the address, and go along', async () => {
    await watched.goto('/dashboard/#/books');
    await settled(page, 'Books');
    const period = page.getByRole('group', { name: 'Period' });
    const counted = page.getByRole('table').first().locator('tbody tr').first().locator('td').first();
    const today = await counted.getAttribute('title');
    await period.getByRole('link', { name: '7 days' }).click();
    await page.waitForURL(/period=7d/);
    await settled(page);
    assert.notEqual(await counted.getAttribute('title'), today);
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Flows' }).click();
    await settled(page, 'Flows');
    assert.match(page.url(), /#\/flows\?period=7d$/);
    await page.getByRole('combobox', { name: 'Interface' }).selectOption('eth0');
    await page.waitForURL(/interface=eth0/);
    await page.getByRole('combobox', { name: 'Zone' }).selectOption('lan');
    await page.waitForURL(/zone=lan/);
    await settled(page);
    await page
      .getByText(/laptop\.home\.arpa/)
      .first()
      .waitFor();
    const shown = await page.getByRole('table').innerText();
    assert.doesNotMatch(shown, /example\./, 'nothing from beyond the local network');
    await page.reload();
    await settled(page, 'Flows');
    assert.equal(await page.getByRole('combobox', { name: 'Zone' }).inputValue(), 'lan');
    await period.getByRole('button', { name: 'Other…' }).click();
    const day = new Date(Date.now() - 24 * 3_600_000).toISOString().slice(0, 10);
    await page.getByLabel('From').fill(day);
    await page.getByLabel('To, with that day').fill(day);
    await watched.assertAccessible('the dialog of the period');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.waitForURL(new RegExp(`from=${day}&to=${day}|to=${day}.*from=${day}`));
    await settled(page);
    await period.getByRole('button', { name: `${day} – ${day}` }).waitFor();
    watched.assertClean();
  });

  await t.test('a server that ends is missed, and found again', async () => {
    await watched.goto('/dashboard/#/dns');
    await settled(page, 'DNS');
    await watched.expecting(GONE, async () => {
      await scene.server.end('SIGKILL');
      await page.getByRole('link', { name: '7 days' }).click();
      await page.getByRole('alert').getByText('kaipo does not answer').waitFor();
      await page.getByRole('alert').getByText('kaipo serve', { exact: true }).waitFor();
      await scene.startAgain();
      // By itself: nobody presses a button.
      await page.getByRole('alert').waitFor({ state: 'detached' });
      await page.getByRole('table').waitFor();
      await settled(page);
    });
    watched.assertClean();
  });
  await watched.close();
});

test('a kaipo that has recorded nothing yet', { skip: noChromium, timeout: 60_000 }, async (t) => {
  const scene = await DashboardScene.make({ isEmpty: true });
  t.after(() => scene.close());
  const watched = await scene.open();
  const { page } = watched;
  for (const [id] of PAGES) {
    await watched.expecting([/status of 503/], async () => {
      await watched.goto(`/dashboard/#/${id}`);
      await page.getByRole('heading', { level: 1, name: titleOf(id) }).waitFor();
      if (id === 'settings' || id === 'alerts') await settled(page);
      else await page.getByText('kaipo daemon', { exact: true }).first().waitFor();
      if (id === 'now' || id === 'history') await watched.assertAccessible(`${id} of nothing`);
      await watched.assertFits(`${id} of nothing`);
      await page.goto('about:blank');
    });
    watched.assertClean();
  }
});

test('a server that wants a token', { skip: noChromium, timeout: 60_000 }, async (t) => {
  let token = '';
  const scene = await DashboardScene.make({
    days: 1,
    config: '[api]\nrequire_token = true\n',
    prepare: async ({ config, home }) => {
      const made = await runKaipo(['token', 'add', 'browser', '--config', config], { env: { HOME: home } });
      token = /kpo_[\w-]+/.exec(made.stdout)?.[0] ?? assert.fail(made.stderr);
    },
  });
  t.after(() => scene.close());
  const watched = await scene.open();
  const { page } = watched;
  await watched.expecting(REFUSED, async () => {
    await watched.goto('/dashboard/#/books');
    await page.getByRole('heading', { name: 'This kaipo asks for a token' }).waitFor();
    await watched.assertAccessible('the page of the token');
    await page.getByLabel('Token', { exact: true }).fill('kpo_wrong');
    await page.keyboard.press('Enter');
    await page.getByText('That token is not known here').waitFor();
  });
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.keyboard.press('Enter');
  await settled(page, 'Books');
  await page.getByRole('table').first().waitFor();
  await page.reload();
  await settled(page, 'Books');
  await page.getByRole('table').first().waitFor();
  assert.doesNotMatch(page.url(), /kpo_/);
  watched.assertClean();
  const other = await scene.open();
  await other.expecting(REFUSED, async () => {
    await other.goto('/dashboard/#/books');
    await other.page.getByRole('heading', { name: 'This kaipo asks for a token' }).waitFor();
  });
  other.assertClean();
});
