// Where alerts are sent, as the program reads it: one value a channel, told apart by its type. Names of the file are those of
// alert-channel-schema.ts.
import type { Severity } from '../api/events.js';

/** A secret is never in the configuration itself. The file wins. */
export interface SecretPlace {
  readonly file?: string;
  /** Name of an environment variable. */
  readonly env?: string;
}

interface Channel<Type extends string> {
  readonly type: Type;
  /** Unique; the type, with a number from the second on, where nobody gave one. */
  readonly name: string;
  readonly minSeverity: Severity;
  /** Empty: all. */
  readonly rules: readonly string[];
  /** Also told when an incident is over. */
  readonly tellsResolved: boolean;
}

interface HttpChannel<Type extends string> extends Channel<Type> {
  /** Addresses of this machine and of the local network, and http without TLS. */
  readonly allowPrivate: boolean;
}

export interface WebhookConfig extends HttpChannel<'webhook'> {
  readonly url: string;
  readonly secret: SecretPlace;
}
/** Their address is their password. */
export interface ChatConfig extends HttpChannel<'slack' | 'discord' | 'teams'> {
  readonly url: SecretPlace;
}
export interface TokenChannelConfig extends HttpChannel<'ntfy' | 'alertmanager'> {
  readonly url: string;
  readonly token: SecretPlace;
}
export interface PagerDutyConfig extends HttpChannel<'pagerduty'> {
  readonly url: string;
  readonly key: SecretPlace;
}
export interface SyslogConfig extends Channel<'syslog'> {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
  readonly facility: 'user' | 'daemon' | 'auth' | 'authpriv' | `local${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;
  readonly caFile?: string;
}
export interface EmailConfig extends Channel<'email'> {
  readonly host: string;
  readonly port: number;
  readonly tls: 'tls' | 'starttls' | 'none';
  readonly user?: string;
  readonly password: SecretPlace;
  readonly from: string;
  readonly to: readonly string[];
  readonly caFile?: string;
}
export interface ExecConfig extends Channel<'exec'> {
  readonly command: readonly string[];
  readonly timeoutS: number;
}
export type SessionConfig = Channel<'desktop' | 'journald'>;

export type AlertChannelConfig =
  | WebhookConfig
  | ChatConfig
  | TokenChannelConfig
  | PagerDutyConfig
  | SyslogConfig
  | EmailConfig
  | ExecConfig
  | SessionConfig;
