// The report of a fixed store: its structure, that hostile names stay text, that nothing is loaded, and the command around it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runReport } from '@kaipo/cli/commands/report.js';
import { htmlReport } from '@kaipo/cli/report/html-report.js';
import { collectReport } from '@kaipo/cli/report/report-data.js';
import { textReport } from '@kaipo/cli/report/text-report.js';
import { DEFAULT_CONFIG } from '@kaipo/core/config/kaipo-config.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import { withDirectory } from '../../contract/store.contract.js';
import { flowEnded, intervalOf, seededRandom } from '../store/store-fixtures.js';

process.env['TZ'] = 'UTC';
const START_US = 1_700_000_000_000_000;
const RANGE = { fromUs: START_US, toUs: START_US + 600_000_000 };
const HOSTILE = '<script>alert(1)</script>"\'&\u001b[2J\u202e';

async function reportsOf(hostile: boolean): Promise<{ page: string; text: string }> {
  return withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => START_US * 2 });
    const random = seededRandom(2);
    for (let index = 0; index < 60; index++) {
      const interval = {
        ...intervalOf(START_US + index * 10_000_000, random),
        endUs: START_US + (index + 1) * 10_000_000,
      };
      const named = hostile ? HOSTILE : 'web-browser';
      const apps = interval.apps.map((row, rank) =>
        rank === 0 ? { ...row, name: named, exe: named, user: named } : row,
      );
      const hosts = interval.hosts.map((row, rank) => (hostile && rank === 0 ? { ...row, name: HOSTILE } : row));
      const { flow, ...ended } = flowEnded(START_US + index * 10_000_000, random, index);
      const flows =
        index % 20 === 0
          ? [{ ...ended, flow: { ...flow, ...(hostile ? { serverName: HOSTILE, protocol: HOSTILE } : {}) } }]
          : [];
      await store.append({ intervals: [{ ...interval, apps, hosts }], ended: flows });
    }
    const data = collectReport({
      store,
      info: store.info(),
      config: DEFAULT_CONFIG,
      nowUs: RANGE.toUs,
      range: RANGE,
      filter: {},
    });
    await store.close();
    return { page: htmlReport(data, '0.1.0'), text: textReport(data, false) };
  });
}

test('the page has every part, in order', async () => {
  const { page } = await reportsOf(false);
  const headings = [...page.matchAll(/<h[12]>([^<]+)/g)].map(([, title]) => title);
  assert.deepEqual(headings, [
    'Network report',
    'Throughput',
    'Applications',
    'Remote hosts',
    'Protocols',
    'Zones',
    'Interfaces',
    'By weekday and hour',
    'Change',
    'By time',
    'Largest flows',
    'Alerts',
    'The books',
    'Good to know',
  ]);
  assert.match(page, /2023-11-14 22:13:20<\/strong> to <strong>2023-11-14 22:23:20/);
  assert.match(page, /<dt>Total<\/dt>/);
  assert.match(page, /web-browser/);
  assert.match(page, /host-0\.example\.com:443/);
  assert.equal(page.match(/<path class="rx" d="M/g)?.length, 2);
});

test('the page loads nothing, runs nothing, and its policy names its own style', async () => {
  const { page } = await reportsOf(false);
  assert.doesNotMatch(page, /<script|<link|<img|<iframe|@import|url\(|\son\w+=|style="|https?:/i);
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
  const digest = createHash('sha256').update(style).digest('base64');
  assert.ok(page.includes(`default-src 'none'; style-src 'sha256-${digest}'`));
});

test('hostile names are text on the page and in the terminal', async () => {
  const { page, text } = await reportsOf(true);
  assert.doesNotMatch(page, /<script/i);
  assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;&quot;&#39;&amp;/);
  for (const output of [page, text]) assert.doesNotMatch(output, /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  // Every tag that is opened is closed: the hostile text did not end one.
  for (const tag of ['table', 'td', 'tr', 'section', 'svg', 'span', 'div', 'p']) {
    const opened = page.match(new RegExp(`<${tag}[\\s>]`, 'g'))?.length ?? 0;
    assert.equal(page.match(new RegExp(`</${tag}>`, 'g'))?.length ?? 0, opened, tag);
  }
});

test('the text report says the same', async () => {
  const { text } = await reportsOf(false);
  for (const part of [
    'Network report',
    'Total',
    'Application',
    'web-browser',
    'Host',
    'Protocol',
    'Interface',
    'Largest flows',
    'Books',
    'Good to know',
  ]) {
    assert.ok(text.includes(part), part);
  }
  assert.doesNotMatch(text, /\u001b/);
});

test('the command: a file, an empty period, a missing store, a bad time', () =>
  withDirectory(async (dir) => {
    const store = openStore({ dir, clock: () => START_US * 2 });
    await store.append({ intervals: [intervalOf(START_US, seededRandom(1))] });
    await store.close();
    const file = join(dir, 'report.html');
    assert.equal(await runReport({ store: dir, html: file }), 0);
    // Nothing was recorded in the last day: the report is about all there is.
    assert.match(readFileSync(file, 'utf8'), /this is everything the store holds/);
    assert.equal(await runReport({ store: dir, html: file, from: '2001-01-01', to: '2001-01-02' }), 0);
    assert.match(readFileSync(file, 'utf8'), /Nothing was recorded in this period/);
    assert.equal(await runReport({ store: join(dir, 'none'), html: file }), 66);
    assert.equal(await runReport({ store: dir, html: file, from: 'whenever' }), 64);
    assert.equal(await runReport({ store: dir, html: join(dir, 'no', 'such', 'file') }), 73);
    assert.equal(await runReport({ store: dir, html: '/dev/full' }), 74);
  }));
