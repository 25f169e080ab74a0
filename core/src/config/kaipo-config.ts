// Everything a person can set, and what holds when nobody did. Owns the shape and the defaults; reading and checking is
// load-config.ts. Names of the TOML file are snake_case, here camelCase with units.
import { DEFAULT_DESK_SETTINGS, type DeskSettings } from '../alerts/desk-settings.js';
import { DEFAULT_MEMORY_BYTES } from '../kernel/memory-limits.js';
import type { Zone } from '../kernel/traffic-words.js';
import type { AlertChannelConfig } from './alert-channel-config.js';
import type { LiveAction, LiveTheme } from './live-actions.js';

export interface KaipoConfig {
  readonly api: ApiConfig;
  readonly monitoring: {
    /** poll_interval: seconds between readings. */
    readonly pollIntervalS: number;
    /** batch_write_interval: seconds between writes; a crash loses at most this much detail and no byte, a power cut also its bytes. */
    readonly batchWriteIntervalS: number;
    /** interface: "auto" (every byte once, see interface classes) or names. */
    readonly interfaces: readonly string[] | 'auto';
    /** memory: bytes that a process with packets may take. */
    readonly memoryBytes: number;
  };
  readonly capture: {
    /** Empty: the physical ones that are up. */
    readonly interfaces: readonly string[];
    readonly filter?: string;
    readonly snaplen?: number;
    readonly ringMiB?: number;
  };
  readonly store: {
    readonly path?: string;
    /** retention: seconds by resolution, finest first (RESOLUTIONS_S); Infinity is for ever. Absent: the store's own. */
    readonly retentionS?: readonly number[];
    /** max_size: bytes of the whole store; the oldest and finest go first. Absent: no bound besides retention. */
    readonly maxBytes?: number;
    readonly flowBytes?: number;
    readonly nameBytes?: number;
    readonly encryptionKeyFile?: string;
  };
  /** Absent: apps.toml beside the user's configuration, where there is one. */
  readonly apps: { readonly rules?: string };
  readonly owners: { readonly hashExecutables: boolean };
  readonly privacy: { readonly mode: 'full' | 'usage-only' };
  /** Absent rate: no cost is shown. A GB is 10^9 bytes. */
  readonly cost: { readonly ratePerGb?: number; readonly currency: string; readonly billingDay: number };
  readonly caps: readonly CapConfig[];
  readonly reports: readonly ReportConfig[];
  /** How `kaipo live` looks. Absent: as it was left the last time, else as the dashboard decides. */
  readonly live: {
    readonly theme?: LiveTheme;
    readonly units?: 'bits' | 'bytes';
    readonly prefix?: 'si' | 'iec';
    readonly names?: boolean;
    /** By action; they replace the usual ones. */
    readonly keys: Readonly<Partial<Record<LiveAction, readonly string[]>>>;
  };
  readonly sync: { readonly enabled: boolean; readonly intervalS: number; readonly urlEnv: string };
  readonly alerts: DeskSettings & { readonly channels: readonly AlertChannelConfig[] };
  /** Settings of plugins by name; each plugin checks its own. */
  readonly plugins: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** [api]: where the web server listens, and who may ask it. */
export interface ApiConfig {
  readonly host: string;
  readonly port: number;
  /** A Unix socket instead of host and port, for a proxy on this machine. */
  readonly socket?: string;
  /** Names this server goes by besides those of this machine; lower case, no port. */
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  /** Needed where other machines can ask. */
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
  /** Also of whoever asks from this machine. */
  readonly requireToken: boolean;
  /** Absent: tokens.json in the state directory. */
  readonly tokensFile?: string;
  /** Requests a second of one other machine. */
  readonly rateLimit: number;
}

/** [[cap]]: how much a group of interfaces may move in a billing period. */
export interface CapConfig {
  readonly name: string;
  readonly limitBytes: number;
  /** Empty: all that count. */
  readonly interfaces: readonly string[];
  readonly direction: 'both' | 'rx' | 'tx';
  readonly zone?: Zone;
  readonly period: 'day' | 'week' | 'month';
  /** First day of a monthly period, 1 to 31; a month that is shorter starts it on its last day. */
  readonly billingDay: number;
  /** Shares of the limit that are worth a warning, 0 to 1. */
  readonly warnAt: readonly number[];
}

/** [[report]]: a page of the day, week or month that is over, made by the recorder. */
export interface ReportConfig {
  readonly every: 'day' | 'week' | 'month';
  /** Local time of the day after, in minutes. */
  readonly atMin: number;
  /** An .html file with {from}, {to}, {every} in its name, or a directory. */
  readonly file: string;
  readonly title?: string;
  readonly redact: boolean;
  /** Pages that stay: the oldest goes when there are more. */
  readonly keep: number;
}

export const DEFAULT_CONFIG: KaipoConfig = {
  api: { host: '127.0.0.1', port: 7373, allowedHosts: [], corsOrigins: [], requireToken: false, rateLimit: 50 },
  monitoring: { pollIntervalS: 1, batchWriteIntervalS: 30, interfaces: 'auto', memoryBytes: DEFAULT_MEMORY_BYTES },
  capture: { interfaces: [] },
  store: {},
  apps: {},
  owners: { hashExecutables: false },
  privacy: { mode: 'full' },
  cost: { currency: 'USD', billingDay: 1 },
  caps: [],
  reports: [],
  live: { keys: {} },
  sync: { enabled: false, intervalS: 60, urlEnv: 'KAIPO_SYNC_URL' },
  alerts: { ...DEFAULT_DESK_SETTINGS, channels: [] },
  plugins: {},
};
