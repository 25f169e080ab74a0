// Channels of alerts as people wrote them, as the program reads them; and what of them contradicts itself. Owns the names of those
// without one.
import type { AlertChannelConfig, SecretPlace } from './alert-channel-config.js';
import { CHANNEL_TYPES, type CheckedChannels } from './alert-channel-schema.js';

/** All channels in the order of the schema. */
export function toAlertChannels(checked: CheckedChannels = {}): readonly AlertChannelConfig[] {
  const { webhook, slack, discord, teams, ntfy, pagerduty, alertmanager, syslog, email, desktop, journald, exec } =
    checked;
  return [
    ...(webhook ?? []).map((one, index) => ({
      ...common('webhook', one, index),
      ...http(one),
      url: one.url,
      secret: secret(one.secret_file, one.secret_env),
    })),
    ...chats('slack', slack),
    ...chats('discord', discord),
    ...chats('teams', teams),
    ...tokened('ntfy', ntfy),
    ...(pagerduty ?? []).map((one, index) => ({
      ...common('pagerduty', one, index),
      ...http(one),
      url: one.url ?? 'https://events.pagerduty.com/v2/enqueue',
      key: secret(one.key_file, one.key_env),
    })),
    ...tokened('alertmanager', alertmanager),
    ...(syslog ?? []).map((one, index) => {
      const { transport = 'udp', host = 'localhost', facility = 'daemon', ca_file } = one;
      const port = one.port ?? (transport === 'tls' ? 6514 : 514);
      return { ...common('syslog', one, index), transport, host, port, facility, ...caFile(ca_file) };
    }),
    ...(email ?? []).map((one, index) => {
      const { host = 'localhost', port = 587, tls = 'starttls', user, from, to } = one;
      return {
        ...common('email', one, index),
        ...{ host, port, tls, from, to },
        ...(user !== undefined && { user }),
        password: secret(one.password_file, one.password_env),
        ...caFile(one.ca_file),
      };
    }),
    ...(desktop ?? []).map((one, index) => common('desktop', one, index)),
    ...(journald ?? []).map((one, index) => common('journald', one, index)),
    ...(exec ?? []).map((one, index) => ({
      ...common('exec', one, index),
      command: one.command,
      timeoutS: one.timeout ?? 30,
    })),
  ];
}

type Common = Pick<NonNullable<CheckedChannels['desktop']>[number], 'name' | 'min_severity' | 'rules' | 'resolved'>;

const nameOf = (type: string, { name }: Common, index: number): string =>
  name ?? (index === 0 ? type : `${type}-${index + 1}`);

const common = <Type extends string>(type: Type, one: Common, index: number) => ({
  type,
  name: nameOf(type, one, index),
  minSeverity: one.min_severity ?? 'warning',
  rules: one.rules ?? [],
  tellsResolved: one.resolved ?? true,
});

const http = (one: { readonly allow_private?: boolean | undefined }) => ({ allowPrivate: one.allow_private ?? false });

const secret = (file: string | undefined, env: string | undefined): SecretPlace => ({
  ...(file !== undefined && { file }),
  ...(env !== undefined && { env }),
});

const caFile = (path: string | undefined) => (path === undefined ? {} : { caFile: path });

const chats = <Type extends 'slack' | 'discord' | 'teams'>(type: Type, list: CheckedChannels['slack'] = []) =>
  list.map((one, index) => ({ ...common(type, one, index), ...http(one), url: secret(one.url_file, one.url_env) }));

const tokened = <Type extends 'ntfy' | 'alertmanager'>(type: Type, list: CheckedChannels['ntfy'] = []) =>
  list.map((one, index) => ({
    ...common(type, one, index),
    ...http(one),
    url: one.url,
    token: secret(one.token_file, one.token_env),
  }));

export interface ChannelProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What no key says alone: names that are taken, secrets that are nowhere, a password in the clear. */
export function channelProblems(checked: CheckedChannels = {}): readonly ChannelProblem[] {
  const problems: ChannelProblem[] = [];
  const names = new Set<string>();
  for (const type of CHANNEL_TYPES) {
    (checked[type] ?? []).forEach((one, index) => {
      const at = ['alerts', type, index];
      const name = nameOf(type, one, index);
      if (names.has(name)) problems.push({ path: at, message: `two channels of alerts are named "${name}"` });
      names.add(name);
      const needs = { slack: 'url', discord: 'url', teams: 'url', pagerduty: 'key' }[type as string];
      const keys = one as Readonly<Record<string, unknown>>;
      if (needs !== undefined && keys[`${needs}_file`] === undefined && keys[`${needs}_env`] === undefined) {
        problems.push({ path: at, message: `alerts.${type} needs the key "${needs}_file" or "${needs}_env"` });
      }
    });
  }
  (checked.email ?? []).forEach((one, index) => {
    const hasPassword = one.password_file !== undefined || one.password_env !== undefined;
    const at = ['alerts', 'email', index];
    if (hasPassword !== (one.user !== undefined)) {
      problems.push({ path: at, message: 'alerts.email takes a user and a password, or neither' });
    } else if (hasPassword && one.tls === 'none') {
      problems.push({ path: at, message: 'alerts.email would send the password in the clear: tls = "none"' });
    }
  });
  return problems;
}

/** Environment variables that hold secrets of channels. */
export const channelVariables = (channels: readonly AlertChannelConfig[]): Set<string> =>
  new Set(
    channels.flatMap((channel) =>
      Object.values(channel as unknown as Record<string, unknown>).flatMap((value) =>
        typeof value === 'object' && value !== null && 'env' in value ? [String(value.env)] : [],
      ),
    ),
  );
