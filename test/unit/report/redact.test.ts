// Pseudonyms: none of the names and addresses of a store is in what is given away, the same name is the same everywhere, and another
// key tells another story.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runExport } from '@kaipo/cli/commands/export.js';
import { runReport } from '@kaipo/cli/commands/report.js';
import { redactKey } from '@kaipo/cli/redact/redact-key.js';
import { Redactor } from '@kaipo/cli/redact/redactor.js';
import { htmlReportOf } from '@kaipo/cli/report/html-report-of.js';
import { DEFAULT_CONFIG, type KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { withDirectory } from '../../contract/store.contract.js';
import { END_US, type NameOf, namedStore, START_US } from './report-fixture.js';

process.env['TZ'] = 'UTC';
const SECRET = /zebra|198\.51\.7\.|192\.168\.77\.|2001:db8:77/i;
const NAMES: Readonly<Record<string, (n: number) => string>> = {
  address: (n) => ['198.51.7.1', '198.51.7.2', '192.168.77.3', '2001:db8:77::4', '127.0.0.77'][n]!,
  client: () => '192.168.77.200',
  host: (n) => `Zebra-${n}.example.org`,
  protocol: (n) => ['tls', 'Zebra Protocol'][n]!,
  exe: (n) => `/opt/zebra/${n}`,
};
const secretName: NameOf = (kind, n) => NAMES[kind]?.(n) ?? `zebra-${kind}-${n}`;
const CONFIG: KaipoConfig = {
  ...DEFAULT_CONFIG,
  caps: [
    {
      ...{ name: 'zebra-cap', limitBytes: 1e9, interfaces: ['zebra-interface-0'], direction: 'both', period: 'month' },
      ...{ billingDay: 1, warnAt: [0.8] },
    },
  ],
};
const TITLE = 'Of zebra-app-1 on "zebra-interface-0"';
const FROM = new Date(START_US / 1000).toISOString();
const TO = new Date(END_US / 1000).toISOString();

async function outputs(dir: string, extra: object): Promise<Record<'html' | 'text' | 'json' | 'llm', string>> {
  const output = join(dir, 'out');
  const ask = { store: dir, from: FROM, to: TO, title: TITLE, interfaces: ['zebra-interface-0'], ...extra };
  const read = (): string => readFileSync(output, 'utf8');
  assert.equal(await runReport({ ...ask, html: output }), 0);
  const html = read();
  assert.equal(await runReport({ ...ask, output }), 0);
  const text = read();
  assert.equal(await runReport({ ...ask, form: 'json', output }), 0);
  const json = read();
  const { title: _, ...brief } = ask;
  assert.equal(await runExport({ ...brief, format: 'llm', what: 'totals', step: '1h', output }), 0);
  return { html, text, json, llm: read() };
}

test('no name and no address of the store is in a redacted report or brief', () =>
  withDirectory(async (dir) => {
    const store = await namedStore(dir, secretName);
    const told = await outputs(dir, { redact: false });
    for (const [form, output] of Object.entries(told)) assert.match(output, SECRET, form);
    const hidden = await outputs(dir, { redact: true });
    for (const [form, output] of Object.entries(hidden)) {
      assert.equal(SECRET.exec(output)?.[0], undefined, form);
      assert.ok(!output.includes(dir), form);
      assert.match(output, /app-[0-9a-f]{8}/, form);
      assert.match(output, /host-[0-9a-f]{8}\.example/, form);
      assert.match(output, /\btls\b/, form);
    }
    for (const word of [/\bip-[0-9a-f]{8}/, /\blan-[0-9a-f]{8}/, /\blocal-[0-9a-f]{8}/])
      assert.match(hidden.json, word);
    const page = await htmlReportOf(
      store,
      CONFIG,
      { fromUs: START_US, toUs: END_US },
      {
        ...{ nowUs: END_US, version: '0', title: TITLE, redact: true },
      },
    );
    assert.equal(SECRET.exec(page)?.[0], undefined);
    assert.match(page, /cap-[0-9a-f]{8}/);
    assert.match(page, /<h1>Of app-[0-9a-f]{8} on &quot;if-[0-9a-f]{8}&quot;<\/h1>/);
    await store.close();
  }));

test('the brief is redacted unless somebody says otherwise; nothing else can be', () =>
  withDirectory(async (dir) => {
    await (await namedStore(dir, secretName)).close();
    const output = join(dir, 'out');
    const ask = { store: dir, from: FROM, to: TO, what: 'totals', step: '1h', output } as const;
    assert.equal(await runExport({ ...ask, format: 'llm' }), 0);
    assert.doesNotMatch(readFileSync(output, 'utf8'), SECRET);
    assert.equal(await runExport({ ...ask, format: 'llm', redact: false }), 0);
    assert.match(readFileSync(output, 'utf8'), SECRET);
    assert.equal(await runExport({ ...ask, format: 'json', redact: true }), 64);
  }));

test('the same name has the same pseudonym in every form and report; with another key another', () =>
  withDirectory(async (dir) => {
    await (await namedStore(dir, secretName)).close();
    const of = (text: string): string[] => [...new Set(text.match(/\b(?:app|host|ip|lan)-[0-9a-f]{8}/g))].sort();
    const first = await outputs(dir, { redact: true });
    const again = await outputs(dir, { redact: true });
    assert.deepEqual(of(again.json), of(first.json));
    for (const name of of(first.llm)) assert.ok(first.json.includes(name), name);
    assert.equal(statSync(join(dir, 'redact.key')).mode & 0o777, 0o600);
    const shared = join(dir, 'shared.key');
    const other = await outputs(dir, { redactKey: shared, redact: true });
    assert.ok(of(other.json).length > 3 && of(other.json).every((name) => !first.json.includes(name)));
    assert.deepEqual(of((await outputs(dir, { redactKey: shared, redact: true })).text), of(other.text));
    chmodSync(shared, 0o644);
    assert.equal(await runReport({ store: dir, redactKey: shared, output: join(dir, 'out') }), 77);
  }));

test('the key is made once, beside the store or where the user keeps state', () =>
  withDirectory(async (dir) => {
    const state = join(dir, 'state');
    const env = { XDG_STATE_HOME: state };
    const key = redactKey(dir, undefined, env);
    assert.equal(key.length, 32);
    assert.deepEqual(redactKey(dir, undefined, env), key);
    // A file where the directory of the store would be: nothing can be made there.
    const blocked = join(dir, 'blocked');
    writeFileSync(blocked, '');
    const elsewhere = redactKey(blocked, undefined, env);
    assert.notDeepEqual(elsewhere, key);
    assert.deepEqual(redactKey(join(blocked, 'further'), undefined, env), elsewhere);
    mkdirSync(join(dir, 'none'));
    writeFileSync(join(dir, 'none', 'kaipo'), '');
    assert.throws(() => redactKey(blocked, undefined, { XDG_STATE_HOME: join(dir, 'none') }), {
      code: 'KAIPO_CANNOT_CREATE',
    });
  }));

test('a key that is named is made where its directory is, and nowhere else', () =>
  withDirectory(async (dir) => {
    assert.throws(() => redactKey(dir, join(dir, 'no', 'such', 'key')), { code: 'KAIPO_CANNOT_CREATE' });
    mkdirSync(dir, { recursive: true });
    assert.equal(redactKey(dir, join(dir, 'named.key')).length, 32);
  }));

test('what is told of an address is how far away it is; case and ends of host names do not matter', () => {
  const redactor = new Redactor(Buffer.alloc(32, 1));
  assert.match(redactor.host('203.0.113.9'), /^ip-/);
  assert.match(redactor.host('10.1.2.3'), /^lan-/);
  assert.match(redactor.host('fe80::1%eth0'), /^lan-/);
  assert.match(redactor.host('::1'), /^local-/);
  assert.equal(redactor.host('WWW.Example.org.'), redactor.host('www.example.org'));
  assert.notEqual(redactor.name('app', 'x'), redactor.name('user', 'x').replace('user', 'app'));
  assert.equal(redactor.protocol('quic'), 'quic');
  assert.match(redactor.protocol('Ada of 10.0.0.1'), /^protocol-/);
});
