// Keys of [[alerts.webhook]], [[alerts.slack]] and the other channels. Owns the names people write.
import * as v from 'valibot';
import { key } from './config-entry.js';
import { duration, flag, hostName, listOf, matching, oneOf, path, text, webAddress, whole } from './config-leaves.js';

const variable = () => matching(/^[A-Za-z_]\w{0,127}$/, 'the name of an environment variable');
const needed = <Leaf extends v.GenericSchema<unknown, unknown>>(leaf: Leaf, about: string, example: unknown) =>
  v.pipe(leaf, v.metadata({ about, example }));
const file = (about: string, example: string) => key(path(), { about, example, isPath: true });

const every = (type: string) => ({
  name: key(matching(/^[A-Za-z0-9][\w.-]{0,63}$/, 'a name: letters, digits and . _ - (at most 64)'), {
    about: 'What `kaipo alerts test` calls it; the type, with a number from the second on, without it.',
    example: `my-${type}`,
  }),
  min_severity: key(oneOf(['info', 'warning', 'critical']), {
    about: 'What is less grave is not sent there.',
    preset: 'warning',
  }),
  rules: key(listOf(matching(/^[a-z][a-z0-9-]{0,63}$/, 'the name of a rule (port-scan)'), 'names of rules'), {
    about: 'Only alerts of these rules; empty: of all.',
    preset: [],
  }),
  resolved: key(flag(), { about: 'Say also when it is over.', preset: true }),
});

const overHttp = {
  allow_private: key(flag(), {
    about: 'Let it be on this machine or on the local network, and without TLS. Otherwise only https to the internet.',
    preset: false,
  }),
};

/** Their address is their password. */
const chat = (type: string, where: string, example: string) => ({
  url_file: file(`File (0600) with the address ${where} gave you.`, example),
  url_env: key(variable(), { about: 'Or the environment variable that holds it.', example: 'KAIPO_HOOK_URL' }),
  ...overHttp,
  ...every(type),
});

const token = {
  token_file: file('File (0600) with an access token, where one is needed.', '/etc/kaipo/push.token'),
  token_env: key(variable(), { about: 'Or the environment variable that holds it.', example: 'KAIPO_PUSH_TOKEN' }),
};

const ca_file = file('Certificates (PEM) to trust instead of the usual ones.', '/etc/kaipo/ca.pem');
const port = (preset: number) => key(whole(1, 65_535), { about: 'Its port.', preset });
const mailbox = () => matching(/^[^\s@<>,;"\\\p{Cc}]{1,64}@[^\s@<>,;"\\\p{Cc}]{1,190}$/u, 'an e-mail address');

const channel = <Entries extends v.ObjectEntries>(entries: Entries) => v.object(entries, 'a table');
const channels = <Entries extends v.ObjectEntries>(name: string, entries: Entries) =>
  v.optional(listOf(channel(entries), `tables ([[alerts.${name}]])`));

export const alertChannels = {
  webhook: channels('webhook', {
    url: needed(webAddress(), 'Where alerts are sent (Standard Webhooks 1.0).', 'https://example.org/hook'),
    secret_file: file(
      'File (0600) with the signing secret ("whsec_…"); two, one a line, while one replaces the other.',
      '/etc/kaipo/hook.key',
    ),
    secret_env: key(variable(), { about: 'Or the environment variable that holds it.', example: 'KAIPO_HOOK_SECRET' }),
    ...overHttp,
    ...every('webhook'),
  }),
  slack: channels('slack', chat('slack', 'Slack (or what speaks its language)', '/etc/kaipo/slack.url')),
  discord: channels('discord', chat('discord', 'Discord', '/etc/kaipo/discord.url')),
  teams: channels('teams', chat('teams', 'a workflow of Teams', '/etc/kaipo/teams.url')),
  ntfy: channels('ntfy', {
    url: needed(webAddress(), 'The topic.', 'https://ntfy.sh/my-topic'),
    ...token,
    ...overHttp,
    ...every('ntfy'),
  }),
  pagerduty: channels('pagerduty', {
    key_file: file('File (0600) with the integration key (Events API v2).', '/etc/kaipo/pagerduty.key'),
    key_env: key(variable(), { about: 'Or the environment variable that holds it.', example: 'KAIPO_PAGERDUTY_KEY' }),
    url: key(webAddress(), { about: 'Where it is.', preset: 'https://events.pagerduty.com/v2/enqueue' }),
    ...overHttp,
    ...every('pagerduty'),
  }),
  alertmanager: channels('alertmanager', {
    url: needed(webAddress(), 'Where it is.', 'https://alertmanager.example.org'),
    ...token,
    ...overHttp,
    ...every('alertmanager'),
  }),
  syslog: channels('syslog', {
    transport: key(oneOf(['udp', 'tcp', 'tls']), { about: 'How messages (RFC 5424) travel.', preset: 'udp' }),
    host: key(hostName(), { about: 'Who receives them.', preset: 'localhost' }),
    port: key(whole(1, 65_535), { about: 'Its port; 514, or 6514 with TLS, without it.', example: 6514 }),
    facility: key(
      oneOf([
        ...(['user', 'daemon', 'auth', 'authpriv'] as const),
        ...(['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'] as const),
      ]),
      { about: 'Facility of the messages.', preset: 'daemon' },
    ),
    ca_file,
    ...every('syslog'),
  }),
  email: channels('email', {
    host: key(hostName(), { about: 'The mail server.', preset: 'localhost' }),
    port: port(587),
    tls: key(oneOf(['tls', 'starttls', 'none']), {
      about: '"starttls" begins without and insists; "tls" from the start (port 465).',
      preset: 'starttls',
    }),
    user: key(text(256), { about: 'Who sends, where the server asks.', example: 'kaipo@example.org' }),
    password_file: file('File (0600) with the password.', '/etc/kaipo/mail.password'),
    password_env: key(variable(), {
      about: 'Or the environment variable that holds it.',
      example: 'KAIPO_MAIL_SECRET',
    }),
    from: needed(mailbox(), 'Sender.', 'kaipo@example.org'),
    to: needed(
      v.pipe(listOf(mailbox(), 'e-mail addresses'), v.minLength(1, 'at least one e-mail address')),
      'Who gets them.',
      ['me@example.org'],
    ),
    ca_file,
    ...every('email'),
  }),
  desktop: channels('desktop', every('desktop')),
  journald: channels('journald', every('journald')),
  exec: channels('exec', {
    command: needed(
      v.pipe(listOf(text(4096), 'arguments'), v.minLength(1, 'a program and its arguments')),
      'Program and arguments; no shell. It reads the alert as JSON from standard input.',
      ['/usr/local/bin/on-alert', '--kaipo'],
    ),
    timeout: key(duration(1, 60), { about: 'It is ended after this.', preset: '30s' }),
    ...every('exec'),
  }),
};

const alerts = v.object(alertChannels);
export type CheckedChannels = v.InferOutput<typeof alerts>;
export type ChannelType = keyof CheckedChannels;
export const CHANNEL_TYPES = Object.keys(alertChannels) as readonly ChannelType[];
