import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { routed } from '@kaipo/cli/alerts/channel-route.js';
import { makeChannels } from '@kaipo/cli/alerts/make-channels.js';
import { OUTBOX_FILE, OutboxFile } from '@kaipo/cli/alerts/outbox-file.js';
import { addChannelCommands } from '@kaipo/cli/command-line/alert-channel-commands.js';
import type { DataOptions } from '@kaipo/cli/command-line/command-line.js';
import { runAlertChannels, runAlertsUndelivered } from '@kaipo/cli/commands/alert-channels.js';
import { runAlertTest } from '@kaipo/cli/commands/alert-test.js';
import { buildProgram } from '@kaipo/cli/program.js';
import type { AlertChannelConfig } from '@kaipo/core/config/alert-channel-config.js';
import { EXIT_OK, EXIT_UNAVAILABLE, EXIT_USAGE } from '@kaipo/core/kernel/exit-codes.js';
import { Webhook } from 'standardwebhooks';
import { delivery, incident, Receiver } from './alert-fixtures.js';

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

interface Place {
  readonly dir: string;
  /** What a command printed, as JSON or as text. */
  run(command: (options: DataOptions) => Promise<number>, format?: DataOptions['format']): Promise<[number, string]>;
}

async function inPlace(config: (dir: string) => string, body: (place: Place) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'kaipo-channels-'));
  const file = join(dir, 'kaipo.toml');
  writeFileSync(file, config(dir));
  const output = join(dir, 'out');
  try {
    await body({
      dir,
      run: async (command, format = 'json') => {
        writeFileSync(output, '');
        const exitCode = await command({ format, color: false, config: file, store: dir, output });
        return [exitCode, readFileSync(output, 'utf8')];
      },
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const writeSecret = (dir: string, name: string, text: string): string => {
  const path = join(dir, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

test('kaipo alerts test sends one, says what became of it, and exits by it', async () => {
  let status = 200;
  const receiver = await Receiver.open(() => status);
  const config = (dir: string): string => `[[alerts.webhook]]
url = "${receiver.url}"
secret_file = "${writeSecret(dir, 'key', `${SECRET}\n`)}"
allow_private = true
min_severity = "critical"
`;
  try {
    await inPlace(config, async ({ run }) => {
      const [exitCode, text] = await run((options) => runAlertTest('webhook', options));
      assert.equal(exitCode, EXIT_OK);
      assert.equal(JSON.parse(text).outcome, 'delivered');
      const { body, headers } = receiver.received[0]!;
      const payload = new Webhook(SECRET).verify(body, headers as Record<string, string>) as { type: string };
      assert.equal(payload.type, 'alert.test');
      assert.equal(headers['webhook-id'], JSON.parse(text).id);
      status = 503;
      const refused = await run((options) => runAlertTest('webhook', options), 'table');
      assert.deepEqual(refused, [EXIT_UNAVAILABLE, 'Not delivered to "webhook": the receiver answered 503: said\n']);
      const [unknown] = await run((options) => runAlertTest('webhok', options));
      assert.equal(unknown, EXIT_USAGE);
    });
  } finally {
    await receiver.close();
  }
});

test('kaipo alerts channels: where alerts go, what waits, what cannot work; no secret is shown', () =>
  inPlace(
    (dir) => {
      writeSecret(dir, 'slack.url', 'https://hooks.slack.example/services/pa55');
      chmodSync(writeSecret(dir, 'open', 'pa55'), 0o644);
      return `[[alerts.webhook]]
url = "https://user:pa55@hooks.example/pa55"
[[alerts.slack]]
url_file = "slack.url"
rules = ["beacon"]
[[alerts.pagerduty]]
key_file = "open"
[[alerts.email]]
from = "a@b"
to = ["c@d"]
[[alerts.syslog]]
`;
    },
    async ({ dir, run }) => {
      const outbox = new OutboxFile(join(dir, OUTBOX_FILE));
      const base = { channel: 'webhook', delivery: delivery('1'), failures: 2 };
      outbox.change(
        [
          { ...base, kind: 'waiting', key: '0000000000000001', dueMs: 0 },
          { ...base, kind: 'dead', key: '0000000000000002', atMs: 1e12, detail: 'no \u001b[2Jroom' },
        ],
        [],
      );
      outbox.close();
      const [exitCode, text] = await run(runAlertChannels);
      assert.equal(exitCode, EXIT_OK);
      assert.doesNotMatch(text, /pa55/);
      const { rows } = JSON.parse(text) as { rows: Record<string, unknown>[] };
      assert.deepEqual(
        rows.map(({ name, target, waiting, undelivered }) => [name, target, waiting, undelivered]),
        [
          ['webhook', 'hooks.example', 1, 1],
          ['slack', join(dir, 'slack.url'), 0, 0],
          ['pagerduty', 'events.pagerduty.com', 0, 0],
          ['syslog', 'udp localhost:514', 0, 0],
          ['email', 'c@d', 0, 0],
        ],
      );
      assert.deepEqual(
        rows.filter(({ problem }) => problem !== undefined).map(({ name }) => name),
        ['pagerduty'],
      );
      assert.match(String(rows[2]!['problem']), /open to other users/);
      const [, table] = await run(runAlertChannels, 'table');
      assert.match(table, /^ *webhook .* hooks\.example .* warning .* all .* 1 .* 1$/m);
      const [, undelivered] = await run(runAlertsUndelivered, 'table');
      assert.match(undelivered, /webhook +\[warning\] 10\.0\.0\.9 tried 1000 ports of this host +no \ufffd\[2Jroom/);
    },
  ));

test('the commands are there to be put into a group, each with a description and examples', () => {
  const program = buildProgram({ report: {} }, () => undefined);
  const group = program.createCommand('alerts');
  addChannelCommands(group, { program, elevated: { report: {} }, done: () => undefined, isColored: () => false });
  assert.deepEqual(
    group.commands.map((command) => command.name()),
    ['channels', 'undelivered', 'test'],
  );
});

test('a channel whose secret cannot be read is no other’s problem; another address is another channel', () => {
  const common = { minSeverity: 'info', rules: [], tellsResolved: true, allowPrivate: false } as const;
  const slack = { type: 'slack', name: 'slack', ...common, url: { env: 'A' } } as const;
  const configs: AlertChannelConfig[] = [slack, { type: 'discord', name: 'discord', ...common, url: { env: 'B' } }];
  const one = makeChannels(configs, { A: 'https://a.example/1' });
  assert.deepEqual(
    [one.channels.map(({ sink }) => sink.name), one.problems.map(({ channel }) => channel)],
    [['slack'], ['discord']],
  );
  const moved = makeChannels(configs, { A: 'https://a.example/2', B: 'not an address' });
  assert.notEqual(moved.channels[0]!.fingerprint, one.channels[0]!.fingerprint);
  const renamed = makeChannels([{ ...slack, name: 'x', rules: ['a'] }], { A: 'https://a.example/1' });
  assert.equal(renamed.channels[0]!.fingerprint, one.channels[0]!.fingerprint);
  assert.doesNotMatch(JSON.stringify([moved.problems, one.problems]), /not an address/);
});

test('routes: grave enough, of its rules, no end where none is wanted, no digest where it would never end', () => {
  const base = { name: 'c', minSeverity: 'warning', rules: [], tellsResolved: true } as const;
  const desktop: AlertChannelConfig = { ...base, type: 'desktop' };
  const info = incident({ severity: 'info' });
  assert.equal(routed(desktop, delivery('1', { of: [info] })), undefined);
  assert.equal(routed({ ...desktop, rules: ['beacon'] }, delivery('1')), undefined);
  assert.equal(routed({ ...desktop, tellsResolved: false }, delivery('1', { reason: 'resolved' })), undefined);
  assert.equal(routed(desktop, delivery('1', { reason: 'test', of: [info] }))?.id, '1');
  const digest = delivery('1', { of: [info, incident(), incident({ rule: 'beacon' })] });
  assert.equal(routed(desktop, digest)?.incidents.length, 2);
  assert.equal(routed({ ...desktop, rules: ['beacon'] }, digest)?.incidents.length, 1);
  const pager: AlertChannelConfig = { ...base, type: 'pagerduty', allowPrivate: false, url: 'https://x', key: {} };
  assert.equal(routed(pager, digest), undefined);
  assert.equal(routed(pager, delivery('1'))?.incidents.length, 1);
});
