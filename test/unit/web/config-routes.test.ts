// Settings over HTTP: what may be changed is, the way the command would; nothing else is, and nothing wrong is ever written.
import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { ConfigWriter } from '@kaipo/cli/web/settings/config-writer.js';
import { WEB_SETTINGS } from '@kaipo/cli/web/settings/web-settings.js';
import { CONFIG_KEYS } from '@kaipo/core/config/config-keys.js';
import { withWeb } from './web-fixture.js';

/** A value for each key that is not its default, and what the file then has. */
const VALUES: Readonly<Record<string, readonly [unknown, string]>> = {
  'monitoring.poll_interval': ['2s', '"2s"'],
  'monitoring.batch_write_interval': [60, '60'],
  'monitoring.interface': [['lo'], '["lo"]'],
  'monitoring.memory': ['256MB', '"256MB"'],
  'store.max_size': ['2GB', '"2GB"'],
  'store.flows_size': ['200MB', '"200MB"'],
  'store.names_size': ['50MB', '"50MB"'],
  'store.retention.1s': ['1h', '"1h"'],
  'store.retention.10s': ['2d', '"2d"'],
  'store.retention.1m': ['60d', '"60d"'],
  'store.retention.1h': ['5y', '"5y"'],
  'store.retention.1d': ['forever', '"forever"'],
  'privacy.mode': ['usage-only', '"usage-only"'],
  'cost.rate_per_gb': [7.5, '7.5'],
  'cost.currency': ['INR', '"INR"'],
  'cost.billing_day': [15, '15'],
  'live.units': ['bits', '"bits"'],
  'live.prefix': ['iec', '"iec"'],
  'live.names': [false, 'false'],
};

interface Setting {
  readonly key: string;
  readonly value?: unknown;
  readonly origin: string;
  readonly writable: boolean;
  readonly needsRestart: boolean;
  readonly must?: string;
}

const settingOf = (body: { readonly settings: readonly Setting[] }, key: string): Setting =>
  body.settings.find((one) => one.key === key)!;

test('every key that may be changed can be, holds after a restart, and goes again', () =>
  withWeb({}, async (web) => {
    assert.deepEqual(Object.keys(VALUES), [...WEB_SETTINGS]);
    for (const [key, [value, literal]] of Object.entries(VALUES)) {
      const { status, body } = await web.post('/api/config', { set: { [key]: value } });
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(body.made.changed, [{ key, after: value }]);
      assert.ok(readFileSync(web.file, 'utf8').includes(`${key.split('.').at(-1)} = ${literal}`), key);
    }
    await web.restart();
    const { body } = await web.get('/api/config');
    for (const [key, [value]] of Object.entries(VALUES)) {
      const setting = settingOf(body, key);
      assert.deepEqual([setting.value, setting.origin, setting.writable], [value, 'file', true], key);
    }
    const gone = await web.post('/api/config', { unset: [...WEB_SETTINGS] });
    assert.equal(gone.status, 200);
    assert.deepEqual(
      gone.body.settings.filter((one: Setting) => one.writable && one.origin !== 'default'),
      [],
    );
  }));

test('what it lists is every key, what each takes and needs; secrets are not shown', () =>
  withWeb(
    {
      config:
        '[cost]\nrate_per_gb = 2\n[[alerts.webhook]]\nurl = "https://example.org/T0K3N"\n[plugins.dns]\nenabled = true\n',
    },
    async (web) => {
      const { status, body } = await web.get('/api/config');
      assert.equal(status, 200);
      assert.deepEqual([body.file, body.fileExists, body.writable], [web.file, true, true]);
      const keys = body.settings.map(({ key }: Setting) => key);
      for (const key of CONFIG_KEYS.keys()) assert.ok(keys.includes(key), key);
      assert.deepEqual(settingOf(body, 'cost.rate_per_gb'), {
        key: 'cost.rate_per_gb',
        value: 2,
        origin: 'file',
        where: `${web.file}:2`,
        description: CONFIG_KEYS.get('cost.rate_per_gb')!.notes.about,
        must: 'a number from 0 to 1000000',
        writable: true,
        needsRestart: false,
      });
      assert.deepEqual((settingOf(body, 'privacy.mode') as { choices?: unknown }).choices, ['full', 'usage-only']);
      const restart = body.settings.filter((one: Setting) => one.needsRestart).map(({ key }: Setting) => key);
      assert.ok(restart.includes('monitoring.memory') && restart.includes('api.port'));
      assert.ok(!restart.includes('monitoring.interface'));
      assert.doesNotMatch(JSON.stringify(body), /T0K3N/);
      for (const { key, must } of body.settings.filter((one: Setting) => one.writable) as Setting[]) {
        assert.ok(must !== undefined && must.length > 5 && !must.startsWith('Invalid'), `${key}: ${must}`);
      }
    },
  ));

test('comments, order and line ends of the file stay', () => {
  const text = '# mine\r\n[cost]   # of the provider\r\nrate_per_gb = 7.50 # a GB\r\n\r\n[live]\r\nnames = true\r\n';
  return withWeb({ config: text }, async (web) => {
    await web.post('/api/config', { set: { 'cost.currency': 'EUR', 'cost.rate_per_gb': 8 }, unset: ['live.names'] });
    assert.equal(
      readFileSync(web.file, 'utf8'),
      '# mine\r\n[cost]   # of the provider\r\nrate_per_gb = 8 # a GB\r\ncurrency = "EUR"\r\n\r\n[live]\r\n',
    );
  });
});

test('refused: other keys, other values, other bodies; the file is not touched', () =>
  withWeb({ config: '# mine\n' }, async (web) => {
    const deep = `{"set":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`;
    const refused: readonly (readonly [unknown, number, RegExp])[] = [
      [{ set: { 'api.port': 80 } }, 403, /api\.port is not changed over HTTP/],
      [{ set: { 'api.cors_origins': ['http://evil.example'] } }, 403, /not changed/],
      [{ set: { 'store.path': '/tmp/x' } }, 403, /not changed/],
      [{ set: { 'store.encryption_key_file': '/etc/shadow' } }, 403, /not changed/],
      [{ unset: ['api.host'] }, 403, /not changed/],
      [{ set: { 'plugins.applications.file': '/etc/passwd' } }, 422, /there is no key/],
      [{ set: { 'alerts.webhook': [] } }, 422, /there is no key/],
      [{ set: { 'cost.rate_per_bg': 1 } }, 422, /did you mean "cost\.rate_per_gb"/],
      [{ set: { 'cost.rate_per_gb': '7,5' } }, 422, /must be a number/],
      [{ set: { 'cost.rate_per_gb': -1, 'cost.currency': 'XYZ' } }, 422, /a number from 0.*; "cost\.currency" must be/],
      [{ set: { 'cost.rate_per_gb': {} } }, 422, /must be a number/],
      [{ set: { 'cost.rate_per_gb': [1] } }, 422, /must be a number/],
      ['{"set":{"cost.rate_per_gb":null}}', 422, /must be a number/],
      ['{"set":{"cost.rate_per_gb":1e999}}', 422, /must be a number/],
      [{ set: { 'privacy.mode': 'full"\n[api]\nhost = "0.0.0.0' } }, 422, /one of "full", "usage-only"/],
      [{ set: { 'store.retention.1m': '1h', 'store.retention.10s': '1d' } }, 422, /at least/],
      [{ set: { 'cost.currency': 'EUR' }, unset: ['cost.currency'] }, 422, /twice/],
      [{ set: { constructor: 1 } }, 422, /there is no key/],
      ['{"set":{"__proto__":{"x":1}}}', 400, /JSON/],
      [{}, 422, /nothing is to be changed/],
      [{ sett: {} }, 400, /did you mean "set"/],
      ['[]', 400, /body/],
      ['{', 400, /JSON/],
      [deep, 422, /there is no key "a"/],
    ];
    for (const [payload, status, detail] of refused) {
      const answer = await web.post('/api/config', payload);
      const said = `${JSON.stringify(payload).slice(0, 80)}: ${JSON.stringify(answer.body)}`;
      assert.equal(answer.status, status, said);
      assert.match(answer.type, /^application\/problem\+json/, said);
      assert.match(answer.body.detail, detail, said);
      assert.doesNotMatch(said, /\bat .*\.js:\d/, said);
    }
    const large = await web.post('/api/config', { set: { 'cost.currency': 'x'.repeat(70_000) } });
    assert.equal(large.status, 413);
    const form = await web.post('/api/config', 'set=1', 'application/x-www-form-urlencoded');
    assert.ok(form.status >= 400 && form.status < 500);
    assert.equal(readFileSync(web.file, 'utf8'), '# mine\n');
    assert.deepEqual(
      readdirSync(web.root).filter((name) => name.endsWith('.tmp')),
      [],
    );
  }));

test('interfaces: one at least, only ones there are, "auto"; the choice holds after a restart', () =>
  withWeb({}, async (web) => {
    const at = '/api/config/monitored_interfaces';
    const before = (await web.get('/api/config')).body.interfaces;
    assert.ok(before.some(({ name }: { name: string }) => name === 'lo'));
    const chosen = await web.post(at, { interfaces: ['lo', 'lo'] });
    assert.equal(chosen.status, 200);
    await web.restart();
    const { body } = await web.get('/api/config');
    assert.deepEqual(settingOf(body, 'monitoring.interface').value, ['lo']);
    assert.deepEqual(
      body.interfaces
        .filter(({ monitored }: { monitored: boolean }) => monitored)
        .map(({ name }: Setting & { name: string }) => name),
      ['lo'],
    );
    for (const [interfaces, status, detail] of [
      [[], 422, /at least one/],
      [['lp'], 422, /there is no interface "lp"/],
      [['../../etc/passwd'], 422, /there is no interface/],
      [['lo', '<script>\u2028'], 422, /there is no interface "<script>\ufffd"/],
      [5, 422, /there is no interface/],
      [undefined, 400, /interfaces/],
    ] as const) {
      const answer = await web.post(at, { interfaces });
      assert.deepEqual([answer.status, detail.test(answer.body.detail)], [status, true], JSON.stringify(answer.body));
    }
    assert.match(readFileSync(web.file, 'utf8'), /interface = \["lo"\]/);
    assert.equal((await web.post(at, { interfaces: 'auto' })).body.made.changed[0].after, 'auto');
    assert.match(readFileSync(web.file, 'utf8'), /interface = "auto"/);
  }));

test('an interface that is configured and not there is listed, and stays a choice', () =>
  withWeb({ config: '[monitoring]\ninterface = ["lo", "wwan7"]\n' }, async (web) => {
    const { interfaces } = (await web.get('/api/config')).body;
    assert.deepEqual(interfaces.at(-1), { name: 'wwan7', up: false, counted: false, monitored: true });
    assert.equal((await web.post('/api/config/monitored_interfaces', { interfaces: ['wwan7'] })).status, 200);
  }));

test('changes at once are made one after the other, and all of them', () =>
  withWeb({}, async (web) => {
    const days = Array.from({ length: 12 }, (_, day) => day + 1);
    const answers = await Promise.all(days.map((day) => web.post('/api/config', { set: { 'cost.billing_day': day } })));
    assert.ok(answers.every(({ status }) => status === 200));
    const befores = answers.map(({ body }) => body.made.changed[0].before as number | undefined);
    assert.deepEqual(
      befores.sort((left, right) => (left ?? 0) - (right ?? 0)),
      [...days.slice(0, -1), undefined].sort((left, right) => (left ?? 0) - (right ?? 0)),
    );
    const writer = new ConfigWriter(web.context);
    const many = await Promise.allSettled(
      days.concat(days).map((day) => writer.write({ set: { 'cost.rate_per_gb': day } })),
    );
    assert.deepEqual(
      many
        .filter(({ status }) => status === 'rejected')
        .map((one) => (one as { reason: { status: number } }).reason.status),
      Array.from({ length: 8 }, () => 503),
    );
  }));

test('what could not be used afterwards is not left behind', () =>
  withWeb({ config: '# mine\n' }, async (web) => {
    process.env['KAIPO_STORE_RETENTION_10S'] = '3d';
    try {
      const { status, body } = await web.post('/api/config', { set: { 'store.retention.1m': '1d' } });
      assert.equal(status, 422, JSON.stringify(body));
      assert.match(body.detail, /at least/);
      assert.equal(readFileSync(web.file, 'utf8'), '# mine\n');
      // One that is taken back takes nothing of its neighbour along.
      const writer = new ConfigWriter(web.context);
      const [bad, good] = await Promise.allSettled([
        writer.write({ set: { 'store.retention.1m': '1d' } }),
        writer.write({ set: { 'cost.billing_day': 5 } }),
      ]);
      assert.deepEqual([bad.status, good.status], ['rejected', 'fulfilled']);
      assert.equal(readFileSync(web.file, 'utf8'), '# mine\n\n[cost]\nbilling_day = 5\n');
      const other = await web.post('/api/config', { set: { 'store.retention.10s': '5d' } });
      assert.deepEqual(other.body.made.overridden, [
        { key: 'store.retention.10s', where: 'KAIPO_STORE_RETENTION_10S' },
      ]);
    } finally {
      delete process.env['KAIPO_STORE_RETENTION_10S'];
    }
  }));

test('a file that was broken by hand is a problem document, and is not overwritten', () =>
  withWeb({}, async (web) => {
    writeFileSync(web.file, 'this is = = not toml\n');
    const { status, body } = await web.post('/api/config', { set: { 'cost.billing_day': 3 } });
    assert.equal(status, 422);
    assert.match(body.detail, /config\.toml:1:/);
    assert.equal(readFileSync(web.file, 'utf8'), 'this is = = not toml\n');
    rmSync(web.file);
    assert.equal((await web.post('/api/config', { set: { 'cost.billing_day': 3 } })).status, 200);
  }));

test('where it may not write it says so, with the command', () =>
  withWeb({}, async (web) => {
    const isRoot = process.geteuid?.() === 0;
    chmodSync(web.root, 0o555);
    chmodSync(web.file, 0o644);
    if (isRoot) process.seteuid!(65_534);
    try {
      const { status, body } = await web.post('/api/config', { set: { 'cost.rate_per_gb': 7.5 } });
      assert.equal(status, 403, JSON.stringify(body));
      assert.equal(body.fix, `sudo kaipo config set cost.rate_per_gb 7.5 --file ${web.file}`);
      // access(2) asks for the real user, which a test cannot give up.
      if (!isRoot) assert.equal((await web.get('/api/config')).body.writable, false);
    } finally {
      if (isRoot) process.seteuid!(0);
      chmodSync(web.root, 0o700);
    }
  }));
