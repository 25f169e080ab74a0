// Channels of alerts from the configuration: the only place that knows all of them. Reads their secrets and certificates once; one whose
// secret cannot be read is a problem of its own, and no other's.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { AlertSink } from '@kaipo/core/api/alert-sink.js';
import type { AlertChannelConfig, EmailConfig } from '@kaipo/core/config/alert-channel-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { routed } from './channel-route.js';
import { alertmanagerChannel } from './channels/alertmanager.js';
import { desktopChannel } from './channels/desktop.js';
import { discordChannel } from './channels/discord.js';
import { emailChannel } from './channels/email.js';
import { execChannel } from './channels/exec.js';
import { journaldChannel } from './channels/journald.js';
import { ntfyChannel } from './channels/ntfy.js';
import { pagerDutyChannel } from './channels/pagerduty.js';
import { readSecret } from './channels/parts/secret-source.js';
import { webhookSecrets } from './channels/parts/standard-signature.js';
import { slackChannel } from './channels/slack.js';
import { syslogChannel } from './channels/syslog.js';
import { teamsChannel } from './channels/teams.js';
import { webhookChannel } from './channels/webhook.js';
import type { DeliveryChannel } from './delivery-run.js';

const MAX_CA_BYTES = 1_000_000;

export interface MadeChannels {
  readonly channels: readonly DeliveryChannel[];
  /** For a person: channels that cannot work as they are configured. */
  readonly problems: readonly { readonly channel: string; readonly error: KaipoError }[];
}

export function makeChannels(configs: readonly AlertChannelConfig[], environment = process.env): MadeChannels {
  const channels: DeliveryChannel[] = [];
  const problems: { channel: string; error: KaipoError }[] = [];
  for (const config of configs) {
    try {
      const sink = makeSink(config, environment);
      channels.push({
        sink,
        accepts: (delivery) => routed(config, delivery),
        fingerprint: fingerprintOf(config, environment),
      });
    } catch (error) {
      if (!(error instanceof KaipoError)) throw error;
      problems.push({ channel: config.name, error });
    }
  }
  return { channels, problems };
}

/** Raises KAIPO_BAD_CONFIG. */
export function makeSink(config: AlertChannelConfig, environment = process.env): AlertSink {
  const { type, name } = config;
  const secret = (place: { file?: string; env?: string }, key: string): string =>
    readSecret(place, `alerts.${type} ${key}`, environment);
  switch (type) {
    case 'webhook': {
      const { url, secret: place, allowPrivate } = config;
      const isSigned = place.file !== undefined || place.env !== undefined;
      const origin = place.file ?? `the variable ${place.env}`;
      const secrets = isSigned ? webhookSecrets(secret(place, 'secret'), origin) : [];
      return webhookChannel({ name, url, allowPrivate, secrets });
    }
    case 'slack':
    case 'discord':
    case 'teams': {
      const make = { slack: slackChannel, discord: discordChannel, teams: teamsChannel }[type];
      return make({ name, url: chatUrl(secret(config.url, 'url'), config), allowPrivate: config.allowPrivate });
    }
    case 'ntfy':
    case 'alertmanager': {
      const { url, allowPrivate, token } = config;
      const isKnown = token.file !== undefined || token.env !== undefined;
      const headers = isKnown
        ? { headers: { authorization: `Bearer ${headerText(secret(token, 'token'), config)}` } }
        : {};
      return (type === 'ntfy' ? ntfyChannel : alertmanagerChannel)({ name, url, allowPrivate, ...headers });
    }
    case 'pagerduty': {
      const { url, allowPrivate, key } = config;
      return pagerDutyChannel({ name, url, allowPrivate, routingKey: secret(key, 'key') });
    }
    case 'syslog': {
      const { caFile, ...options } = config;
      return syslogChannel({ ...options, ...caOf(caFile) });
    }
    case 'email':
      return emailOf(config, secret);
    case 'desktop':
      return desktopChannel({ name });
    case 'journald':
      return journaldChannel({ name });
    case 'exec':
      return execChannel({ name, command: config.command, timeoutMs: config.timeoutS * 1000 });
  }
}

function emailOf(config: EmailConfig, secret: (place: EmailConfig['password'], key: string) => string): AlertSink {
  const { user, password, caFile, ...options } = config;
  const login = user === undefined ? {} : { login: { user, password: secret(password, 'password') } };
  return emailChannel({ ...options, ...login, ...caOf(caFile) });
}

function chatUrl(text: string, { type, url: place }: { type: string; url: { file?: string; env?: string } }): string {
  if (/^https?:\/\/\S+$/.test(text) && URL.canParse(text)) return text;
  const where = place.file ?? `the variable ${place.env}`;
  throw new KaipoError(
    'KAIPO_BAD_CONFIG',
    `${where} (alerts.${type} url) must hold one address that begins with https://`,
  );
}

function headerText(text: string, { type }: AlertChannelConfig): string {
  if (/^[!-~]+$/.test(text)) return text;
  throw new KaipoError('KAIPO_BAD_CONFIG', `the token of alerts.${type} must be one word of printable characters`);
}

function caOf(path: string | undefined): { readonly ca?: string } {
  if (path === undefined) return {};
  try {
    if (statSync(path).size > MAX_CA_BYTES) throw new Error('too long');
    const ca = readFileSync(path, 'utf8');
    if (ca.includes('-----BEGIN CERTIFICATE-----')) return { ca };
    throw new Error('no certificate in PEM form');
  } catch (error) {
    throw new KaipoError('KAIPO_BAD_CONFIG', `cannot use ${path} (ca_file): ${(error as Error).message}`);
  }
}

/** Of where a channel leads; nothing of a secret can be read from it. */
function fingerprintOf(config: AlertChannelConfig, environment: NodeJS.ProcessEnv): string {
  const { name: _, minSeverity: __, rules: ___, tellsResolved: ____, ...target } = config;
  const address = 'url' in config && typeof config.url === 'object' ? readSecret(config.url, 'url', environment) : '';
  return createHash('sha256')
    .update(JSON.stringify([target, address]))
    .digest('hex')
    .slice(0, 32);
}
