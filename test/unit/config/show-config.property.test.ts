import assert from 'node:assert/strict';
import test from 'node:test';
import { CONFIG_KEYS } from '@kaipo/core/config/config-keys.js';
import { sampleConfig } from '@kaipo/core/config/config-sample.js';
import { formatDuration, formatSize, parseDuration, parseSize } from '@kaipo/core/config/config-units.js';
import { LIVE_ACTIONS } from '@kaipo/core/config/live-actions.js';
import { shownValues, showText } from '@kaipo/core/config/show-config.js';
import { tomlValue } from '@kaipo/core/config/toml-text.js';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { ConfigPlaceForTest } from './config-fixtures.js';

const duration = (low: number, high: number) =>
  fc.oneof(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }).map(formatDuration));
const size = fc.integer({ min: 10_000_000, max: 1e15 });
const names = fc.uniqueArray(fc.constantFrom('eth0', 'wlan0', 'wg-vpn', 'Ethernet 2', 'br-é'), { maxLength: 3 });
const text = fc.constantFrom('port 443', 'a "quoted" \\ text', 'ünï');

/** A value for every key there is: a new key without one here fails the first test. */
const VALUES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'api.host': fc.constantFrom('0.0.0.0', '::1', 'kaipo.example'),
  'api.port': fc.integer({ min: 0, max: 65_535 }),
  'api.socket': fc.constantFrom('api.sock', '/run/kaipo/api.sock'),
  'api.allowed_hosts': fc.constantFrom([], ['Kaipo.example'], ['192.168.1.5', '[fd00::5]']),
  'api.cors_origins': fc.constantFrom([], ['https://a.example'], ['http://b:8080', 'null']),
  'api.tls_cert_file': fc.constantFrom('tls.crt', '/t'),
  'api.tls_key_file': fc.constantFrom('tls.key', '/t'),
  'api.require_token': fc.boolean(),
  'api.tokens_file': fc.constantFrom('tokens.json', '/t'),
  'api.rate_limit': fc.integer({ min: 1, max: 100_000 }),
  'monitoring.poll_interval': duration(1, 3600),
  'monitoring.batch_write_interval': duration(1, 3600),
  'monitoring.interface': fc.oneof(
    fc.constantFrom<unknown>('auto', 'eth0'),
    names.filter((list) => list.length > 0),
  ),
  'monitoring.memory': fc.constantFrom<unknown>('256MB', '1GiB', 200_000_000),
  'capture.interfaces': names,
  'capture.filter': text,
  'capture.snaplen': fc.integer({ min: 64, max: 262_144 }),
  'capture.ring_mib': fc.integer({ min: 1, max: 512 }),
  'store.path': fc.constantFrom('/a/b', 'relative', '~/x', '/with "quotes"'),
  'store.max_size': fc.oneof(size, size.map(formatSize)),
  'store.flows_size': size.map(formatSize),
  'store.names_size': fc.constantFrom('1GiB', '1.5GB', '20 MB'),
  'store.encryption_key_file': fc.constantFrom('key', '/k'),
  'store.retention.1s': duration(600, 3600),
  'store.retention.10s': duration(3600, 86_400),
  'store.retention.1m': duration(86_400, 1e6),
  'store.retention.1h': duration(1e6, 1e8),
  'store.retention.1d': fc.oneof(duration(1e8, 1e9), fc.constant('forever')),
  'apps.rules': fc.constantFrom('apps.toml', '/etc/kaipo/apps.toml'),
  'owners.hash_executables': fc.boolean(),
  'privacy.mode': fc.constantFrom('full', 'usage-only'),
  'cost.rate_per_gb': fc.double({ min: 0, max: 1e6, noNaN: true }),
  'cost.currency': fc.constantFrom('EUR', 'inr', 'JPY'),
  'cost.billing_day': fc.integer({ min: 1, max: 31 }),
  'live.theme': fc.constantFrom('dark', 'light', 'color-blind'),
  'live.units': fc.constantFrom('bits', 'bytes'),
  'live.prefix': fc.constantFrom('si', 'iec'),
  'live.names': fc.boolean(),
  ...Object.fromEntries(
    LIVE_ACTIONS.map((action) => [`live.keys.${action}`, fc.constantFrom<unknown>('f5', ['ctrl-d', '"'], [])]),
  ),
  'alerts.quiet_hours': fc.constantFrom('22:00-07:00', '9:30-12:05'),
  'alerts.critical_always': fc.boolean(),
  'alerts.daily_budget': fc.integer({ min: 0, max: 1000 }),
  'alerts.digest_at': fc.constantFrom('8:00', '23:59'),
  'alerts.at_once_from': fc.constantFrom('info', 'warning', 'critical'),
  'sync.enabled': fc.boolean(),
  'sync.interval': duration(10, 86_400),
  'sync.url_env': fc.constantFrom('KAIPO_SYNC_URL', 'DB_2'),
};

const caps = fc.uniqueArray(
  fc.record(
    {
      name: fc.constantFrom('a', 'b b', '"c"'),
      limit: fc.constantFrom<unknown>('500GB', 12_345),
      interfaces: names,
      direction: fc.constantFrom('rx', 'tx', 'both'),
      zone: fc.constantFrom('lan', 'internet'),
      period: fc.constantFrom('day', 'week', 'month'),
      warn_at: fc.constantFrom(['50%', 0.9], [0.5], []),
    },
    { requiredKeys: ['name', 'limit'] },
  ),
  { selector: ({ name }) => name, maxLength: 3 },
);
const reports = fc.uniqueArray(
  fc.record(
    {
      every: fc.constantFrom('day', 'week', 'month'),
      file: fc.constantFrom('pages/', '~/{every}-{from}.html', '/a/"b"-{to}.html'),
      at: fc.constantFrom('6:00', '23:59'),
      title: text,
      redact: fc.boolean(),
      keep: fc.integer({ min: 1, max: 1000 }),
    },
    { requiredKeys: ['every', 'file'] },
  ),
  { selector: ({ every, file }) => `${every} ${file}`, maxLength: 3 },
);
const plugins = fc.dictionary(
  fc.constantFrom('dns', 'port-names'),
  fc.dictionary(
    fc.constantFrom('x', 'a b', 'dotted.key', 'nested'),
    fc.oneof(fc.integer(), fc.boolean(), text, fc.constant({ deep: [1, { x: 'y' }] })),
  ),
);

const channelKeys = {
  min_severity: fc.constantFrom('info', 'critical'),
  rules: fc.constantFrom(['port-scan'], []),
  resolved: fc.boolean(),
};
const channel = (type: string, keys: Record<string, fc.Arbitrary<unknown>>, ...requiredKeys: string[]) =>
  fc.record<Record<string, unknown>>({ ...channelKeys, ...keys }, { requiredKeys }).map((values) => ({ type, values }));
const channels = fc
  .array(
    fc.oneof(
      channel('webhook', { url: fc.constant('https://a.example/'), secret_env: fc.constant('S') }, 'url'),
      channel('slack', { url_file: fc.constant('~/slack.url'), allow_private: fc.boolean() }, 'url_file'),
      channel('ntfy', { url: fc.constant('https://ntfy.example'), token_file: fc.constant('/t') }, 'url'),
      channel('syslog', { transport: fc.constantFrom('tls', 'tcp'), port: fc.integer({ min: 1, max: 65_535 }) }),
      channel('email', { from: fc.constant('a@b'), to: fc.constant(['c@d', 'e@f']) }, 'from', 'to'),
      channel('exec', { command: fc.constant(['/bin/true', '"x"']), timeout: duration(1, 60) }, 'command'),
      channel('desktop', {}),
    ),
    { maxLength: 4 },
  )
  .map((list) => list.map(({ type, values }, index) => ({ type, values: { ...values, name: `c${index}` } })));

const configs = fc.record({
  channels,
  values: fc.record(VALUES, { requiredKeys: [] }),
  caps,
  reports,
  plugins,
});

test('what is shown loads as the same configuration, with and without origins', async () => {
  assert.deepEqual(Object.keys(VALUES).sort(), [...CONFIG_KEYS.keys()].sort());
  const place = new ConfigPlaceForTest();
  try {
    await fc.assert(
      fc.asyncProperty(configs, fc.boolean(), async ({ values, ...rest }, withOrigin) => {
        const lines = Object.entries(values).map(([key, value]) => `${key} = ${tomlValue(value)}\n`);
        // Dotted keys at the top; the key of a resolution is an ordinary bare key.
        for (const [name, settings] of Object.entries(rest.plugins)) {
          for (const [key, value] of Object.entries(settings))
            lines.push(`plugins.${name}.${JSON.stringify(key)} = ${tomlValue(value)}\n`);
        }
        for (const cap of rest.caps) {
          lines.push('[[cap]]\n', ...Object.entries(cap).map(([key, value]) => `${key} = ${tomlValue(value)}\n`));
        }
        for (const report of rest.reports) {
          lines.push('[[report]]\n', ...Object.entries(report).map(([key, value]) => `${key} = ${tomlValue(value)}\n`));
        }
        for (const { type, values: keys } of rest.channels) {
          lines.push(`[[alerts.${type}]]\n`);
          lines.push(...Object.entries(keys).map(([key, value]) => `${key} = ${tomlValue(value)}\n`));
        }
        place.write(place.here, lines.join(''));
        const first = await place.load();
        const shown = showText(shownValues(first), withOrigin);
        place.write(place.here, shown);
        const second = await place.load();
        const { store, ...others } = first.config;
        const { store: shownStore, ...shownOthers } = second.config;
        assert.deepEqual(shownOthers, others, shown);
        // The shown text names every resolution; the first one only had to when one was set.
        assert.deepEqual({ ...shownStore, retentionS: store.retentionS }, { retentionS: undefined, ...store }, shown);
        if (store.retentionS !== undefined) assert.deepEqual(shownStore.retentionS, store.retentionS);
      }),
      { numRuns: 150 },
    );
  } finally {
    place.remove();
  }
});

test('secrets are not shown', async () => {
  const place = new ConfigPlaceForTest();
  try {
    place.write(
      place.here,
      `[[alerts.webhook]]
url = "https://user:pa55@hooks.example/services/T0/pa55?x=pa55"
secret_file = "/etc/kaipo/hook.key"
[plugins.mail]
password = "pa55"
api_key = "pa55"
server = { token = "pa55", url = "https://x/pa55", host = "mail" }
`,
    );
    const shown = showText(shownValues(await place.load()), true);
    assert.doesNotMatch(shown, /pa55/);
    assert.match(shown, /url = "https:\/\/hooks\.example\/hidden"\nsecret_file = "\/etc\/kaipo\/hook\.key"/);
    assert.match(shown, /host = "mail"/);
    assert.deepEqual(await place.problems(shown), []);
  } finally {
    place.remove();
  }
});

test('the sample is right, as it is and with every line in effect', async () => {
  const place = new ConfigPlaceForTest();
  try {
    const sample = sampleConfig();
    assert.equal(Object.keys(parse(sample)).length, 0);
    assert.deepEqual(await place.problems(sample), []);
    const active = sample.replaceAll(/^#(?! )/gm, '');
    assert.deepEqual(await place.problems(active), []);
    for (const key of CONFIG_KEYS.values()) assert.match(active, new RegExp(`^"?${key.path.at(-1)}"? = `, 'm'));
  } finally {
    place.remove();
  }
});

test('durations and sizes, both ways', () => {
  for (const [told, seconds] of [
    ['30s', 30],
    ['5m', 300],
    ['5 min', 300],
    ['2h', 7200],
    ['30d', 2_592_000],
    ['2y', 63_072_000],
    ['forever', Infinity],
    ['90', 90],
    ['1.5h', 5400],
    ['250ms', 0.25],
    ['1w', 604_800],
    ['1000000000000s', 1e12],
  ] as const)
    assert.equal(parseDuration(told), seconds, told);
  for (const wrong of ['', '-1s', '1x', 'h', '1h30', '1e3', 'NaN', '0x10', '1'.repeat(20)])
    assert.equal(parseDuration(wrong), undefined, wrong);
  for (const [told, bytes] of [
    ['500MB', 5e8],
    ['2GB', 2e9],
    ['2 gb', 2e9],
    ['1GiB', 1024 ** 3],
    ['1.5k', 1500],
    ['12', 12],
    ['12B', 12],
    ['1PB', 1e15],
  ] as const)
    assert.equal(parseSize(told), bytes, told);
  for (const wrong of ['', '-1', '1XB', 'GB', '1iB', '99999999PB', '1e3'])
    assert.equal(parseSize(wrong), undefined, wrong);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e12 }),
      (value) => parseSize(formatSize(value)) === value && parseDuration(formatDuration(value)) === value,
    ),
  );
});
