import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { checkValues } from '@kaipo/core/config/check-config.js';
import { CONFIG_KEYS } from '@kaipo/core/config/config-keys.js';
import { DEFAULT_CONFIG } from '@kaipo/core/config/kaipo-config.js';
import { toConfig } from '@kaipo/core/config/to-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { DEFAULT_RETENTION_S } from '@kaipo/core/store/store-limits.js';
import { ConfigPlaceForTest } from './config-fixtures.js';

async function inPlace(body: (place: ConfigPlaceForTest) => Promise<void>): Promise<void> {
  const place = new ConfigPlaceForTest();
  try {
    await body(place);
  } finally {
    place.remove();
  }
}

test('without anything set the defaults hold, and they are what the schema says', () =>
  inPlace(async (place) => {
    const { config, values, files } = await place.load();
    assert.deepEqual(config, DEFAULT_CONFIG);
    assert.equal(values.size, 0);
    assert.deepEqual(files, []);
    const presets: Record<string, Record<string, unknown>> = {};
    const retention: Record<string, unknown> = {};
    for (const { path, notes } of CONFIG_KEYS.values()) {
      if (notes.preset === undefined) continue;
      if (path.length === 3) retention[path[2]!] = notes.preset;
      else presets[path[0]!] = { ...presets[path[0]!], [path[1]!]: notes.preset };
    }
    const checked = checkValues({ ...presets, store: { retention } }).checked;
    assert.ok(checked !== undefined);
    const { store, ...rest } = toConfig(checked);
    const { store: _, ...defaults } = DEFAULT_CONFIG;
    assert.deepEqual(rest, defaults);
    assert.deepEqual(store, { retentionS: [...DEFAULT_RETENTION_S] });
  }));

test('flags win over variables, these over the files, nearest file first, key by key', () =>
  inPlace(async (place) => {
    place.write(
      place.system,
      '[api]\nhost = "10.0.0.1"\nport = 1\n[monitoring]\npoll_interval = 9\n[store]\npath = "/sys"\n',
    );
    place.write(
      place.user,
      '[api]\nport = 2\n[monitoring]\npoll_interval = 8\nbatch_write_interval = "1m"\n[store]\npath = "~/mine"\n',
    );
    place.write(place.here, '[api]\nport = 3\n[monitoring]\ninterface = "eth0"\n');
    const env = { KAIPO_API_PORT: '4', KAIPO_MONITORING_INTERFACE: 'a,b', KAIPO_STORE_RETENTION_1H: '3y' };
    const { config, values, files } = await place.load({ env, flags: { storePath: '/flag', filter: 'udp' } });
    assert.deepEqual(config.api, { ...DEFAULT_CONFIG.api, host: '10.0.0.1', port: 4 });
    assert.deepEqual(config.monitoring, {
      pollIntervalS: 8,
      batchWriteIntervalS: 60,
      interfaces: ['a', 'b'],
      memoryBytes: 512e6,
    });
    assert.equal(config.store.path, '/flag');
    assert.equal(config.store.retentionS?.[3], 3 * 365 * 86_400);
    assert.deepEqual(config.capture, { interfaces: [], filter: 'udp' });
    assert.deepEqual(files, [place.here, place.user, place.system]);
    assert.deepEqual(values.get('api.host')?.origin, { from: 'file', where: `${place.system}:2` });
    assert.deepEqual(values.get('monitoring.poll_interval')?.origin, { from: 'file', where: `${place.user}:4` });
    assert.deepEqual(values.get('api.port')?.origin, { from: 'environment', where: 'KAIPO_API_PORT' });
    assert.deepEqual(values.get('store.path')?.origin, { from: 'flag', where: '--store' });
  }));

test('a named file is the only one; paths begin at their file, ~ at home', () =>
  inPlace(async (place) => {
    place.write(place.here, '[api]\nport = 3\n');
    const file = place.write(
      join(place.root, 'a', 'k.toml'),
      '[store]\npath = "../history"\nencryption_key_file = "~/key"\n',
    );
    const { config } = await place.load({ file });
    assert.equal(config.api.port, 7373);
    assert.equal(config.store.path, join(place.root, 'history'));
    assert.equal(config.store.encryptionKeyFile, join(place.home, 'key'));
    await assert.rejects(
      place.load({ file: 'none.toml' }),
      (error) => error instanceof KaipoError && error.code === 'KAIPO_NO_INPUT',
    );
  }));

test('everything people can write', () =>
  inPlace(async (place) => {
    const file = place.write(
      place.here,
      `[api]
cors_origins = ["https://Example.org", "http://10.0.0.1:80", "null"]
allowed_hosts = ["Kaipo.Example.org", "[FD00::5]"]
tls_cert_file = "tls.crt"
[monitoring]
poll_interval = 2.5
batch_write_interval = "1m"
[store]
max_size = "2GiB"
retention = { 1m = "3y", 1d = "forever" }
[cost]
rate_per_gb = 7.50
currency = "inr"
billing_day = 15
[[cap]]
name = "mobile"
limit = "20GB"
interfaces = ["wwan0"]
warn_at = [0.9, "50%"]
[[cap]]
name = "all"
limit = "1TB"
direction = "rx"
period = "week"
zone = "internet"
billing_day = 3
[[report]]
every = "week"
at = "7:30"
file = "pages/{every}-{from}.html"
title = "Weeks"
redact = true
keep = 4
[[report]]
every = "day"
file = "~/days/"
[alerts]
quiet_hours = "22:30-7:00"
daily_budget = 3
digest_at = "9:15"
[[alerts.webhook]]
url = "https://hooks.example/T0/secret"
secret_file = "hook.key"
[plugins.dns]
deep = { a = [1, 2] }
`,
    );
    const { config } = await place.load({ file });
    assert.deepEqual(config.api.corsOrigins, ['https://example.org', 'http://10.0.0.1', 'null']);
    assert.deepEqual(config.api.allowedHosts, ['kaipo.example.org', '[fd00::5]']);
    assert.equal(config.api.tlsCertFile, join(place.cwd, 'tls.crt'));
    assert.equal(config.monitoring.pollIntervalS, 2.5);
    assert.equal(config.store.maxBytes, 2 * 1024 ** 3);
    const year = 365 * 86_400;
    // Hours have 2 years by default, and are kept at least as long as the minutes.
    assert.deepEqual(config.store.retentionS, [7200, 86_400, 3 * year, 3 * year, Infinity]);
    assert.deepEqual(config.cost, { ratePerGb: 7.5, currency: 'INR', billingDay: 15 });
    assert.deepEqual(config.caps, [
      {
        name: 'mobile',
        limitBytes: 20e9,
        interfaces: ['wwan0'],
        direction: 'both',
        period: 'month',
        billingDay: 15,
        warnAt: [0.5, 0.9],
      },
      {
        name: 'all',
        limitBytes: 1e12,
        interfaces: [],
        direction: 'rx',
        zone: 'internet',
        period: 'week',
        billingDay: 3,
        warnAt: [0.8],
      },
    ]);
    assert.deepEqual(config.reports, [
      {
        ...{ every: 'week', atMin: 450, file: join(place.cwd, 'pages/{every}-{from}.html') },
        ...{ title: 'Weeks', redact: true, keep: 4 },
      },
      { every: 'day', atMin: 360, file: join(place.home, 'days/'), redact: false, keep: 12 },
    ]);
    const { channels: _, ...desk } = config.alerts;
    assert.deepEqual(desk, {
      ...{ quietHours: { fromMin: 1350, toMin: 420 }, criticalAlways: true },
      ...{ dailyBudget: 3, digestAtMin: 555, atOnceFrom: 'warning' },
    });
    const usual = { minSeverity: 'warning', rules: [], tellsResolved: true };
    assert.deepEqual(config.alerts.channels, [
      {
        ...{ type: 'webhook', name: 'webhook', ...usual, allowPrivate: false },
        ...{ url: 'https://hooks.example/T0/secret', secret: { file: join(place.cwd, 'hook.key') } },
      },
    ]);
    assert.deepEqual(JSON.parse(JSON.stringify(config.plugins)), { dns: { deep: { a: [1, 2] } } });
  }));

test('all problems at once, each with its place and the bound', () =>
  inPlace(async (place) => {
    const text = `[monitoring]
poll_intervall = 5
batch_write_interval = "99h"
  interface = 7
[api]
port = 99999
cors_enabled = true
cors_origins = ["*"]
[cost]
currency = "XYZ"
[store]
retention = { 1m = "40d", 1h = "39d" }
[[cap]]
limit = "5 parsecs"
nam = 3
[toString]
[plugins.__proto__]
y = 2
`;
    assert.deepEqual(await place.problems(text), [
      'x.toml:2:1: unknown key "poll_intervall" in [monitoring]; did you mean "poll_interval"?',
      'x.toml:3:24: "monitoring.batch_write_interval" must be a duration from 1s to 1h ("30s", "5m", "2h"), not "99h"',
      'x.toml:4:15: "monitoring.interface" must be "auto", the name of an interface, or a list of names, not 7',
      'x.toml:6:8: "api.port" must be a whole number from 0 to 65535, not 99999',
      'x.toml:7:1: unknown key "cors_enabled" in [api]; name the pages that may ask in api.cors_origins = ["https://…"]; none may by default',
      'x.toml:8:17: "api.cors_origins" must be an origin such as "https://example.org" or "http://192.168.1.5:8080", with nothing after the port, not "*"',
      'x.toml:10:12: "cost.currency" must be a currency code of ISO 4217, such as "EUR", "INR" or "USD", not "XYZ"',
      'x.toml:13:3: cap needs the key "name"',
      'x.toml:14:9: "cap.limit" must be a size from 1kB to 1PB ("500MB", "2GB", "1GiB"), not "5 parsecs"',
      'x.toml:15:1: unknown key "nam" in [cap]; did you mean "name"?',
      'x.toml:16:2: unknown key "toString" at the top; known are api, monitoring, capture, store, apps, owners, privacy, cost, live, sync, cap, report, alerts, plugins',
      'x.toml:17:2: "__proto__" is no name of a key',
    ]);
    assert.deepEqual(await place.problems('[store.retention]\n1m = "40d"\n1h = "39d"\n'), [
      'x.toml:3:6: "store.retention.1h" must be at least 40d, as long as the finer 1m',
    ]);
    assert.deepEqual(await place.problems('[[cap]]\nname="a"\nlimit=1000\n[[cap]]\nname="a"\nlimit=1000\n'), [
      'x.toml:5:6: two caps are named "a"',
    ]);
    assert.deepEqual(
      await place.problems('[[report]]\nevery = "year"\nat = "25:00"\nfile = "{day}.html"\n[[report]]\nkeep = 0\n'),
      [
        'x.toml:2:9: "report.every" must be one of "day", "week", "month", not "year"',
        'x.toml:3:6: "report.at" must be a time of day, such as "06:00", not "25:00"',
        'x.toml:4:8: "report.file" must be a path in which {from}, {to} and {every} may stand, or a directory, not "{day}.html"',
        'x.toml:5:3: report needs the key "every"',
        'x.toml:5:3: report needs the key "file"',
        'x.toml:6:8: "report.keep" must be a whole number from 1 to 1000, not 0',
      ],
    );
    assert.deepEqual(await place.problems('poll_interval = 3\n'), [
      'x.toml:1:1: unknown key "poll_interval" at the top; it belongs into [monitoring]',
    ]);
    assert.deepEqual(await place.problems('[database]\npath = "x"\n'), [
      'x.toml:1:2: unknown key "database" at the top; the history lies in the directory named by store.path',
    ]);
    assert.match((await place.problems('[api]\nport = \n'))[0]!, /^x\.toml:[23]:\d+: /);
  }));

test('each file is right and together they contradict each other', () =>
  inPlace(async (place) => {
    place.write(place.user, '[store.retention]\n1m = "40d"\n');
    place.write(place.here, '[store.retention]\n1h = "39d"\n');
    await assert.rejects(place.load(), (error) => {
      assert.ok(error instanceof KaipoError);
      assert.equal(error.exitCode, 78);
      assert.equal(
        error.message,
        `${place.here}:2: "store.retention.1h" must be at least 40d, as long as the finer 1m`,
      );
      return true;
    });
  }));

test('hostile files are named errors, soon', () =>
  inPlace(async (place) => {
    const one = async (text: string | Uint8Array): Promise<string> => {
      const problems = await place.problems(text);
      assert.equal(problems.length, 1, problems.join('\n'));
      return problems[0]!;
    };
    assert.match(await one(`a = ${'['.repeat(9000)}${']'.repeat(9000)}`), /nested/);
    assert.match(await one(`${Array(20_000).fill('a').join('.')} = 1`), /nested/);
    assert.match(
      await one(`[plugins.x]\n${Array(20).fill('a').join('.')} = 1`),
      /x.toml:2:1: nested more than 16 levels/,
    );
    assert.match(await one(`[plugins.x]\na = ${'{a = '.repeat(20)}1${'}'.repeat(20)}`), /nested more than 16 levels/);
    assert.match(await one(`[plugins.x]\na = [${'1,'.repeat(30_000)}]`), /more than 20000 lines and values/);
    assert.match(await one(`a = "${'x'.repeat(900_000)}"`), /far too long/);
    assert.match(await one('[api]\nhost = "a\0b"\n'), /x.toml:2:\d+: control characters/);
    assert.match(await one(Buffer.from('[api]\nhost = "\xff"\n', 'latin1')), /x.toml:2: not UTF-8/);
    assert.match(await one(new Uint8Array(1024 * 1024 + 1).fill(0x23)), /larger than 1048576 bytes/);
    assert.match(await one('a = 1\na = 2\n'), /x.toml:2:1/);
    const many = await place.problems(Array.from({ length: 5000 }, (_, index) => `k${index} = 1\n`).join(''));
    assert.equal(many.length, 50);
    const folder = join(place.root, 'folder');
    mkdirSync(folder);
    await assert.rejects(place.load({ file: folder }), /folder is a directory/);
    await assert.rejects(place.load({ file: '/dev/zero' }), /is not a file/);
    place.write(place.user, '');
    chmodSync(place.user, 0o600);
    assert.deepEqual((await place.load()).files, [place.user]);
    // Text that moves a cursor never reaches the message.
    const [shown] = await place.problems('[api]\nhost = "a\\u001b[2Jb"\n');
    assert.ok(!shown!.includes('\u001b'));
    // A byte order mark and CRLF are ordinary.
    assert.deepEqual(await place.problems('\ufeff[api]\r\nport = 1\r\n'), []);
  }));

test('a file of the current directory is used when nobody else can change it', (t) =>
  inPlace(async (place) => {
    place.write(place.here, '[api]\nport = 3\n');
    assert.equal((await place.load()).config.api.port, 3);
    chmodSync(place.here, 0o602);
    await assert.rejects(place.load(), /here\/kaipo.toml can be changed by other users/);
    chmodSync(place.here, 0o644);
    if (process.geteuid?.() !== 0) return t.diagnostic('owners are checked as root only');
    chownSync(place.here, 12_345, 12_345);
    await assert.rejects(place.load(), /belongs to another user \(uid 12345\)/);
    // Named by hand it is the caller's own will.
    assert.equal((await place.load({ file: place.here })).config.api.port, 3);
    chownSync(place.here, 0, 0);
    const other = new ConfigPlaceForTest();
    try {
      symlinkSync(place.here, other.here);
      assert.equal((await other.load()).config.api.port, 3);
      chmodSync(place.here, 0o646);
      await assert.rejects(other.load(), /can be changed by other users/);
    } finally {
      other.remove();
    }
    return undefined;
  }));

test('variables: wrong values are errors, unknown names a warning with the nearest', () =>
  inPlace(async (place) => {
    const { warnings, config } = await place.load({
      env: {
        KAIPO_API_PROT: '1',
        KAIPO_STORE_KEY: 'secret',
        KAIPO_FUZZ_RUNS: '3',
        KAIPO_XYZZY_PLUGH: '1',
        KAIPO_API_HOST: '',
        KAIPO_SYNC_ENABLED: 'true',
        KAIPO_SYNC_URL_ENV: 'KAIPO_MY_DB',
        KAIPO_MY_DB: 'postgres://…',
        KAIPO_CAPTURE_FILTER: '80',
        KAIPO_STORE_MAX_SIZE: '20000000',
      },
    });
    assert.deepEqual(warnings, [
      'KAIPO_API_PROT means nothing to kaipo; did you mean KAIPO_API_PORT?',
      'KAIPO_XYZZY_PLUGH means nothing to kaipo',
    ]);
    assert.equal(config.api.host, '127.0.0.1');
    assert.equal(config.sync.enabled, true);
    assert.equal(config.capture.filter, '80');
    assert.equal(config.store.maxBytes, 20_000_000);
    await assert.rejects(
      place.load({ env: { KAIPO_API_PORT: 'x', KAIPO_API_CORS_ORIGINS: 'https://a,b' } }),
      /KAIPO_API_PORT must be a whole number from 0 to 65535, not "x"\nKAIPO_API_CORS_ORIGINS must be an origin such as/,
    );
  }));
