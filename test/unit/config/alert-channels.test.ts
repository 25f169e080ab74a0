import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { ConfigPlaceForTest } from './config-fixtures.js';

async function loaded(text: string) {
  const place = new ConfigPlaceForTest();
  try {
    place.write(place.here, text);
    return { ...(await place.load()), cwd: place.cwd };
  } finally {
    place.remove();
  }
}

test('every channel of alerts, with what holds when nobody says otherwise', async () => {
  const { config, cwd } = await loaded(`
[[alerts.slack]]
url_file = "slack.url"
[[alerts.slack]]
url_env = "KAIPO_SLACK_URL"
min_severity = "critical"
[[alerts.discord]]
url_env = "D"
[[alerts.teams]]
url_env = "T"
resolved = false
[[alerts.ntfy]]
url = "https://ntfy.sh/topic"
rules = ["port-scan", "beacon"]
[[alerts.pagerduty]]
key_file = "/k"
[[alerts.alertmanager]]
url = "http://10.0.0.2:9093"
allow_private = true
[[alerts.syslog]]
[[alerts.syslog]]
transport = "tls"
host = "log.example.org"
ca_file = "ca.pem"
facility = "local7"
[[alerts.email]]
from = "a@b.example"
to = ["c@d.example"]
user = "u"
password_env = "P"
[[alerts.desktop]]
[[alerts.journald]]
[[alerts.exec]]
command = ["/bin/true", "a b"]
`);
  const usual = { minSeverity: 'warning', rules: [], tellsResolved: true };
  assert.deepEqual(config.alerts.channels, [
    { type: 'slack', name: 'slack', ...usual, allowPrivate: false, url: { file: join(cwd, 'slack.url') } },
    {
      ...{ type: 'slack', name: 'slack-2', ...usual, minSeverity: 'critical', allowPrivate: false },
      url: { env: 'KAIPO_SLACK_URL' },
    },
    { type: 'discord', name: 'discord', ...usual, allowPrivate: false, url: { env: 'D' } },
    { type: 'teams', name: 'teams', ...usual, tellsResolved: false, allowPrivate: false, url: { env: 'T' } },
    {
      ...{ type: 'ntfy', name: 'ntfy', ...usual, rules: ['port-scan', 'beacon'] },
      ...{ allowPrivate: false, url: 'https://ntfy.sh/topic', token: {} },
    },
    {
      ...{ type: 'pagerduty', name: 'pagerduty', ...usual, allowPrivate: false },
      ...{ url: 'https://events.pagerduty.com/v2/enqueue', key: { file: '/k' } },
    },
    {
      ...{ type: 'alertmanager', name: 'alertmanager', ...usual, allowPrivate: true },
      ...{ url: 'http://10.0.0.2:9093', token: {} },
    },
    { type: 'syslog', name: 'syslog', ...usual, transport: 'udp', host: 'localhost', port: 514, facility: 'daemon' },
    {
      ...{ type: 'syslog', name: 'syslog-2', ...usual, transport: 'tls', host: 'log.example.org', port: 6514 },
      ...{ facility: 'local7', caFile: join(cwd, 'ca.pem') },
    },
    {
      ...{ type: 'email', name: 'email', ...usual, host: 'localhost', port: 587, tls: 'starttls' },
      ...{ from: 'a@b.example', to: ['c@d.example'], user: 'u', password: { env: 'P' } },
    },
    { type: 'desktop', name: 'desktop', ...usual },
    { type: 'journald', name: 'journald', ...usual },
    { type: 'exec', name: 'exec', ...usual, command: ['/bin/true', 'a b'], timeoutS: 30 },
  ]);
});

test('variables that hold secrets of channels are no unknown settings', async () => {
  const place = new ConfigPlaceForTest();
  try {
    place.write(place.here, '[[alerts.slack]]\nurl_env = "KAIPO_SLACK_URL"\n');
    const { warnings } = await place.load({ env: { KAIPO_SLACK_URL: 'x', KAIPO_SLACK_URI: 'x' } });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /KAIPO_SLACK_URI/);
  } finally {
    place.remove();
  }
});

for (const [what, text, expected] of [
  ['a secret that is nowhere', '[[alerts.slack]]', /alerts\.slack needs the key "url_file" or "url_env"/],
  ['a key that is nowhere', '[[alerts.pagerduty]]', /alerts\.pagerduty needs the key "key_file" or "key_env"/],
  [
    'a secret in the file',
    '[[alerts.slack]]\nurl = "https://x"\nurl_env = "X"',
    /unknown key "url".*a file \(0600\) named by url_file/,
  ],
  [
    'two names',
    '[[alerts.desktop]]\nname = "exec"\n[[alerts.exec]]\ncommand = ["x"]',
    /two channels of alerts are named "exec"/,
  ],
  ['no command', '[[alerts.exec]]\ncommand = []', /a program and its arguments/],
  ['a shell', '[[alerts.exec]]\ncommand = "rm -rf"', /must be a list/],
  ['a header in an address', '[[alerts.email]]\nfrom = "a@b\\r\\nBcc: x@y"\nto = ["a@b"]', /must be an e-mail address/],
  ['a lone user', '[[alerts.email]]\nfrom = "a@b"\nto = ["a@b"]\nuser = "u"', /a user and a password, or neither/],
  [
    'a password in the clear',
    '[[alerts.email]]\nfrom = "a@b"\nto = ["a@b"]\nuser = "u"\npassword_env = "P"\ntls = "none"',
    /in the clear/,
  ],
  ['an unknown rule name', '[[alerts.desktop]]\nrules = ["Port Scan"]', /the name of a rule/],
  ['an unknown channel', '[[alerts.slak]]', /did you mean "slack"/],
] as const) {
  test(`refused: ${what}`, async () => {
    await assert.rejects(loaded(`${text}\n`), (error: Error) => {
      assert.match(error.message, expected);
      assert.match(error.message, /kaipo\.toml:\d+:\d+: /);
      return true;
    });
  });
}
