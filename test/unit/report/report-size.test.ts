// A month with 200 applications as one page: its size, and that every part of it is there. `npm run bench:report` says how long it takes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runReport } from '@kaipo/cli/commands/report.js';
import { writeMonths } from '../../bench/report-month.js';
import { withDirectory } from '../../contract/store.contract.js';

process.env['TZ'] = 'UTC';
const us = (text: string): number => new Date(text).getTime() * 1000;
const MOST_BYTES = 2_000_000;

test('a month with 200 applications fits the bound, with as many rows as can be asked for', () =>
  withDirectory(async (dir) => {
    const store = join(dir, 'store');
    await writeMonths(store, {
      fromUs: us('2026-09-24T00:00:00Z'),
      toUs: us('2026-11-01T00:00:00Z'),
      lengthUs: 3_600_000_000,
      flowsAnInterval: 2,
    });
    const html = join(dir, 'month.html');
    const json = join(dir, 'month.json');
    assert.equal(await runReport({ store, period: '2026-10', html, limit: 1000 }), 0);
    const page = readFileSync(html, 'utf8');
    assert.ok(Buffer.byteLength(page) <= MOST_BYTES, `${Buffer.byteLength(page)} bytes`);
    assert.equal(page.match(/<path class="layer layer-0"/g)?.length, 4, 'two charts, wide and narrow');
    assert.equal(page.match(/<rect class="heat-/g)?.length, 2 * 7 * 24);
    assert.equal(page.match(/<td>2026-10-\d\d<\/td>/g)?.length, 31);
    assert.equal(await runReport({ store, period: '2026-10', form: 'json', output: json, limit: 1000 }), 0);
    const told = JSON.parse(readFileSync(json, 'utf8'));
    const sum = (rows: readonly { totalBytes?: number }[]): number =>
      rows.reduce((bytes, { totalBytes = 0 }) => bytes + totalBytes, 0);
    assert.ok(told.apps.rows.length > 150, `${told.apps.rows.length} applications`);
    assert.equal(sum(told.steps), told.totalBytes);
    assert.equal(sum(told.apps.rows) + (told.apps.other?.totalBytes ?? 0), told.apps.total.totalBytes);
    assert.equal(told.change.comparable, true);
    const layered = [...told.appsOverTime.layers, told.appsOverTime.other] as { txTotal: number; rxTotal: number }[];
    assert.equal(
      layered.reduce((bytes, { txTotal, rxTotal }) => bytes + txTotal + rxTotal, 0),
      told.apps.total.totalBytes,
    );
  }));
