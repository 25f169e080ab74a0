import assert from 'node:assert/strict';
import test from 'node:test';
import { alertmanagerChannel } from '@kaipo/cli/alerts/channels/alertmanager.js';
import { discordChannel } from '@kaipo/cli/alerts/channels/discord.js';
import { ntfyChannel, ntfyTopic } from '@kaipo/cli/alerts/channels/ntfy.js';
import { pagerDutyChannel } from '@kaipo/cli/alerts/channels/pagerduty.js';
import { slackChannel } from '@kaipo/cli/alerts/channels/slack.js';
import { teamsChannel } from '@kaipo/cli/alerts/channels/teams.js';
import type { AlertSink, Delivery } from '@kaipo/core/api/alert-sink.js';
import { Ajv } from 'ajv';
import { delivery, hostileIncident, incident, never, type Received, Receiver } from './alert-fixtures.js';
import { ALERTMANAGER, DISCORD, NTFY, PAGERDUTY, SLACK, TEAMS } from './chat-schemas.js';

const long = 'w😀'.repeat(50_000);
const huge = incident({
  summary: long,
  subject: long,
  rule: long,
  severity: 'critical',
  evidence: Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`${index}${long}`, long])),
});
const CASES: Readonly<Record<string, Delivery>> = {
  opened: delivery('1'),
  updated: delivery('2', { reason: 'updated', of: [incident({ severity: 'critical' })] }),
  resolved: delivery('3', { reason: 'resolved', of: [incident({ resolvedUs: 1_700_000_060_000_000 })] }),
  test: delivery('4', { reason: 'test' }),
  digest: delivery('5', { of: [incident(), incident({ id: '2' })] }),
  hostile: delivery('6', { of: [hostileIncident()] }),
  huge: delivery('7', { of: [huge] }),
  'a digest of many': delivery('8', { of: Array.from({ length: 200 }, () => huge) }),
};

const CHANNELS: readonly (readonly [string, object, (url: string) => AlertSink])[] = [
  ['slack', SLACK, (url) => slackChannel({ name: 'c', url, allowPrivate: true })],
  ['discord', DISCORD, (url) => discordChannel({ name: 'c', url: `${url}?thread_id=1`, allowPrivate: true })],
  ['teams', TEAMS, (url) => teamsChannel({ name: 'c', url, allowPrivate: true })],
  ['ntfy', NTFY, (url) => ntfyChannel({ name: 'c', url, allowPrivate: true })],
  [
    'pagerduty',
    PAGERDUTY,
    (url) => pagerDutyChannel({ name: 'c', url, allowPrivate: true, routingKey: 'r'.repeat(32) }),
  ],
  ['alertmanager', ALERTMANAGER, (url) => alertmanagerChannel({ name: 'c', url, allowPrivate: true })],
];

/** Everything a channel sends for a delivery. */
async function sent(make: (url: string) => AlertSink, one: Delivery): Promise<readonly Received[]> {
  const receiver = await Receiver.open(() => 202);
  try {
    assert.deepEqual(await make(receiver.url).deliver(one, never()), { kind: 'delivered' });
    return receiver.received;
  } finally {
    await receiver.close();
  }
}

for (const [name, schema, make] of CHANNELS) {
  test(`${name}: what is sent is what its documentation takes, whatever is in an alert`, async () => {
    const validate = new Ajv({ strict: false }).compile(schema);
    for (const [what, one] of Object.entries(CASES)) {
      for (const { body, headers } of await sent(make, one)) {
        assert.equal(headers['content-type'], 'application/json');
        assert.ok(
          Buffer.byteLength(body) < 28_000 || name === 'alertmanager' || name === 'pagerduty',
          `${what}: ${body.length}`,
        );
        assert.ok(validate(JSON.parse(body)), `${what}: ${JSON.stringify(validate.errors)} ${body.slice(0, 500)}`);
        assert.doesNotMatch(body, /\\ud[89ab]..(?!\\ud)/, 'no half of a character');
        assert.doesNotMatch(body, /\\u00[01]|\u202e/, 'no control character, no change of direction');
      }
    }
  });
}

const bodyOf = async (name: string, one: Delivery) => {
  const [, , make] = CHANNELS.find(([channel]) => channel === name)!;
  return (await sent(make, one)).map(({ body, path }) => ({ ...JSON.parse(body), path }));
};

test('a captured name mentions nobody and renders nothing', async () => {
  const [slack] = await bodyOf('slack', CASES['hostile']!);
  assert.doesNotMatch(slack.text, /[<>]|&(?!amp;|lt;|gt;)/);
  for (const { text } of slack.blocks) assert.equal(text.type, 'plain_text');
  const [discord] = await bodyOf('discord', CASES['hostile']!);
  const [{ title, description }] = discord.embeds;
  // What is left when every escaped sign is taken away means nothing.
  assert.doesNotMatch(`${title}${description}`.replaceAll(/\\[^0-9A-Za-z\s]/g, ''), /[\\*_~|>#[\]()@:<`]/);
  assert.equal(discord.path, '/hook?thread_id=1&wait=true');
  const teams = JSON.stringify(await bodyOf('teams', CASES['hostile']!));
  assert.doesNotMatch(teams, /TextBlock"(?<!RichTextBlock")|\{\{/);
  const [ntfy] = await bodyOf('ntfy', CASES['hostile']!);
  assert.equal(ntfy.markdown, undefined);
});

test('ntfy: the last part of the address is the topic, what is before it the server; a token is sent to it', async () => {
  assert.deepEqual(ntfyTopic('https://ntfy.sh/t'), { root: 'https://ntfy.sh/', topic: 't' });
  assert.deepEqual(ntfyTopic('https://h.example/push/a%20b/'), { root: 'https://h.example/push/', topic: 'a b' });
  const [got] = await sent(
    (url) => ntfyChannel({ name: 'c', url, allowPrivate: true, headers: { authorization: 'Bearer t' } }),
    CASES['opened']!,
  );
  assert.equal(got!.path, '/');
  assert.equal(got!.headers.authorization, 'Bearer t');
});

test('pagerduty: one incident, one key, resolved under it; a test wakes nobody for long', async () => {
  const opened = await bodyOf('pagerduty', CASES['opened']!);
  const resolved = await bodyOf('pagerduty', CASES['resolved']!);
  assert.deepEqual([opened[0].event_action, resolved[0].event_action], ['trigger', 'resolve']);
  assert.equal(opened[0].dedup_key, resolved[0].dedup_key);
  const test = await bodyOf('pagerduty', CASES['test']!);
  assert.deepEqual(
    test.map(({ event_action }: { event_action: string }) => event_action),
    ['trigger', 'resolve'],
  );
});

test('alertmanager: an alert ends under the labels it began with, and a graver one ends the milder', async () => {
  interface Alert {
    labels: Record<string, string>;
    startsAt: string;
    endsAt: string;
  }
  const of = async (what: string): Promise<Alert[]> =>
    Object.values((await bodyOf('alertmanager', CASES[what]!))[0]).filter((one) => typeof one === 'object') as Alert[];
  const [opened] = await of('opened');
  const updated = await of('updated');
  const resolved = await of('resolved');
  assert.ok(Date.parse(opened!.endsAt) > Date.parse(opened!.startsAt) + 86_400_000);
  assert.deepEqual(
    updated.map(({ labels: { severity }, endsAt }) => [severity, endsAt < '2023-11-15']),
    [
      ['info', true],
      ['warning', true],
      ['critical', false],
    ],
  );
  assert.deepEqual(resolved.at(-1)!.labels, opened!.labels);
  assert.equal(resolved.at(-1)!.endsAt, '2023-11-14T22:14:20.000Z');
});
