// Settings by hand: chosen, refused, saved into the file, undone, and still there when the server has been started again.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { noChromium } from './chromium.js';
import { DashboardScene, settled } from './dashboard-scene.js';

const CONFIG = `# mine
[monitoring]
poll_interval = "2s" # not too often
`;

test('settings by hand', { skip: noChromium, timeout: 120_000 }, async (t) => {
  const scene = await DashboardScene.make({ days: 2, config: CONFIG });
  t.after(() => scene.close());
  const watched = await scene.open();
  const { page } = watched;
  const unsaved = page.getByRole('region', { name: 'Unsaved changes' });
  const boxes = page.getByRole('list', { name: 'Interfaces' }).getByRole('checkbox');
  const price = page.getByLabel('Price', { exact: true });
  const checked = async (): Promise<boolean[]> => Promise.all((await boxes.all()).map((box) => box.isChecked()));
  const file = (): string => readFileSync(scene.config, 'utf8');
  const save = async (): Promise<void> => {
    await unsaved.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.', { exact: true }).waitFor();
    await unsaved.waitFor({ state: 'detached' });
  };

  await t.test('a change is seen before it is saved, and can be thrown away', async () => {
    await watched.goto('/dashboard/#/settings');
    await settled(page, 'Settings');
    assert.equal(await page.getByLabel('Look every').inputValue(), '2s');
    await price.fill('7.5');
    await page.getByLabel('Currency', { exact: true }).fill('INR');
    await page.getByText('2 changes not saved').waitFor();
    await page.getByText(/This month so far/).waitFor();
    assert.match(await page.locator('.example').innerText(), /₹\d/);
    await watched.assertAccessible('unsaved changes');
    await unsaved.getByRole('button', { name: 'Discard' }).click();
    await unsaved.waitFor({ state: 'detached' });
    assert.equal(await price.inputValue(), '');
    assert.equal(file(), CONFIG);
    watched.assertClean();
  });

  await t.test('what cannot be is refused, and said', async () => {
    await page.getByLabel('Look every').fill('soon');
    await watched.expecting([/status of 4\d\d/], async () => {
      await unsaved.getByRole('button', { name: 'Save' }).click();
      await unsaved.getByRole('alert').waitFor();
    });
    assert.match(await unsaved.getByRole('alert').innerText(), /poll_interval|soon/);
    assert.equal(file(), CONFIG);
    await unsaved.getByRole('button', { name: 'Discard' }).click();
    watched.assertClean();
  });

  await t.test('interfaces: at least one, saved with everything round it', async () => {
    await page.getByRole('radio', { name: /^These/ }).check();
    assert.ok((await boxes.count()) > 0, 'a machine without an interface');
    await boxes.first().check();
    for (let i = 1; i < (await boxes.count()); i++) await boxes.nth(i).uncheck();
    const name = await page.getByRole('list', { name: 'Interfaces' }).locator('bdi').first().innerText();
    await page.getByText('At least one interface stays chosen.').waitFor();
    assert.ok(await boxes.first().isDisabled(), 'the last one cannot go');
    await price.fill('7.5');
    await page.getByLabel('Currency', { exact: true }).fill('INR');
    await page.getByRole('radio', { name: /^Amounts only/ }).check();
    await page.getByLabel('Hours', { exact: true }).fill('5y');
    await save();
    const text = file();
    assert.match(text, /^# mine\n/);
    assert.match(text, /poll_interval = "2s" # not too often/);
    assert.ok(text.includes(`"${name}"`), text);
    assert.match(text, /rate_per_gb = 7\.5/);
    assert.match(text, /usage-only/);
    watched.assertClean();
  });

  await t.test('they hold at once, and after a restart', async () => {
    for (const when of ['at once', 'after a restart']) {
      await watched.goto('/dashboard/#/settings');
      await settled(page, 'Settings');
      assert.deepEqual(await checked(), [true, ...(await checked()).slice(1).map(() => false)], when);
      assert.ok(await page.getByRole('radio', { name: /^Amounts only/ }).isChecked(), when);
      assert.equal(await price.inputValue(), '7.5', when);
      assert.equal(await page.getByLabel('Hours', { exact: true }).inputValue(), '5y', when);
      const answer = (await (await fetch(`${scene.server.origin}/api/summary`)).json()) as {
        cost?: { total: { cost_formatted: string } };
      };
      assert.match(answer.cost?.total.cost_formatted ?? '', /^₹/, when);
      await page.goto('about:blank');
      assert.equal(await scene.server.end(), 143);
      await scene.startAgain();
    }
    watched.assertClean();
  });

  await t.test('undone', async () => {
    await watched.goto('/dashboard/#/settings');
    await settled(page, 'Settings');
    await page.getByRole('radio', { name: /^Everything/ }).check();
    await save();
    await page.getByRole('button', { name: 'Undo' }).click();
    await settled(page);
    await page.getByRole('radio', { name: /^Amounts only/, checked: true }).waitFor();
    assert.match(file(), /usage-only/);
    watched.assertClean();
  });

  await t.test('a page that is left with unsaved changes keeps them until somebody decides', async () => {
    await page.getByLabel('Look every').fill('5s');
    await unsaved.waitFor();
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Books' }).click();
    await settled(page, 'Books');
    await page.goBack();
    await settled(page, 'Settings');
    assert.equal(await page.getByLabel('Look every').inputValue(), '5s');
    await unsaved.getByRole('button', { name: 'Discard' }).click();
    watched.assertClean();
  });
  await watched.close();
});
