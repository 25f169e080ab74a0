// What people wrote, checked, as what the program reads. Owns: names with units for names of the file, and defaults.
import { DEFAULT_RETENTION_S } from '../store/store-limits.js';
import type { CheckedConfig } from './config-schema.js';
import { type CapConfig, DEFAULT_CONFIG, type KaipoConfig, type ReportConfig } from './kaipo-config.js';
import { toAlertChannels } from './to-alert-channels.js';

const DEFAULT_WARN_AT = [0.8];

/** Absent keys take their defaults. */
export function toConfig(checked: CheckedConfig): KaipoConfig {
  const { api, monitoring, capture, store, apps, owners, privacy, cost, live, sync, alerts, cap, report, plugins } =
    checked;
  const preset = DEFAULT_CONFIG;
  const billingDay = cost?.billing_day ?? preset.cost.billingDay;
  return {
    api: present({
      host: api?.host ?? preset.api.host,
      port: api?.port ?? preset.api.port,
      socket: api?.socket,
      allowedHosts: api?.allowed_hosts ?? preset.api.allowedHosts,
      corsOrigins: api?.cors_origins ?? preset.api.corsOrigins,
      tlsCertFile: api?.tls_cert_file,
      tlsKeyFile: api?.tls_key_file,
      requireToken: api?.require_token ?? preset.api.requireToken,
      tokensFile: api?.tokens_file,
      rateLimit: api?.rate_limit ?? preset.api.rateLimit,
    }),
    monitoring: {
      pollIntervalS: monitoring?.poll_interval ?? preset.monitoring.pollIntervalS,
      batchWriteIntervalS: monitoring?.batch_write_interval ?? preset.monitoring.batchWriteIntervalS,
      interfaces: countedInterfaces(monitoring?.interface),
      memoryBytes: monitoring?.memory ?? preset.monitoring.memoryBytes,
    },
    capture: present({
      interfaces: capture?.interfaces ?? preset.capture.interfaces,
      filter: capture?.filter,
      snaplen: capture?.snaplen,
      ringMiB: capture?.ring_mib,
    }),
    store: present({
      path: store?.path,
      retentionS: retention(store?.retention),
      maxBytes: store?.max_size,
      flowBytes: store?.flows_size,
      nameBytes: store?.names_size,
      encryptionKeyFile: store?.encryption_key_file,
    }),
    apps: present({ rules: apps?.rules }),
    owners: { hashExecutables: owners?.hash_executables ?? preset.owners.hashExecutables },
    privacy: { mode: privacy?.mode ?? preset.privacy.mode },
    cost: present({
      ratePerGb: cost?.rate_per_gb,
      currency: cost?.currency ?? preset.cost.currency,
      billingDay,
    }),
    caps: (cap ?? []).map(
      (one): CapConfig =>
        present({
          name: one.name,
          limitBytes: one.limit,
          interfaces: one.interfaces ?? [],
          direction: one.direction ?? 'both',
          zone: one.zone,
          period: one.period ?? 'month',
          billingDay: one.billing_day ?? billingDay,
          warnAt: [...(one.warn_at ?? DEFAULT_WARN_AT)].sort((a, b) => a - b),
        }),
    ),
    reports: (report ?? []).map(
      ({ every, at = '06:00', file, title, redact = false, keep = 12 }): ReportConfig =>
        present({ every, atMin: minutesOf(at), file, title, redact, keep }),
    ),
    live: present({
      theme: live?.theme,
      units: live?.units,
      prefix: live?.prefix,
      names: live?.names,
      keys: Object.fromEntries(
        Object.entries(live?.keys ?? {}).map(([action, keys]) => [action, typeof keys === 'string' ? [keys] : keys]),
      ),
    }),
    sync: {
      enabled: sync?.enabled ?? preset.sync.enabled,
      intervalS: sync?.interval ?? preset.sync.intervalS,
      urlEnv: sync?.url_env ?? preset.sync.urlEnv,
    },
    alerts: present({
      quietHours: hoursOf(alerts?.quiet_hours),
      criticalAlways: alerts?.critical_always ?? preset.alerts.criticalAlways,
      dailyBudget: alerts?.daily_budget ?? preset.alerts.dailyBudget,
      digestAtMin: alerts?.digest_at === undefined ? preset.alerts.digestAtMin : minutesOf(alerts.digest_at),
      atOnceFrom: alerts?.at_once_from ?? preset.alerts.atOnceFrom,
      channels: toAlertChannels(alerts),
    }),
    plugins: plugins ?? {},
  };
}

/** An absent key is absent, not undefined. */
type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

const present = <T extends object>(values: T): Present<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;

/** "06:30" */
const minutesOf = (clock: string): number => clock.split(':').reduce((minutes, part) => minutes * 60 + Number(part), 0);

/** "22:00-07:00" */
function hoursOf(text: string | undefined): { readonly fromMin: number; readonly toMin: number } | undefined {
  const [from, to] = text?.split('-') ?? [];
  return from === undefined || to === undefined ? undefined : { fromMin: minutesOf(from), toMin: minutesOf(to) };
}

function countedInterfaces(value: string | readonly string[] | undefined): KaipoConfig['monitoring']['interfaces'] {
  if (value === undefined || value === 'auto') return 'auto';
  return typeof value === 'string' ? [value] : value;
}

type Retention = NonNullable<NonNullable<CheckedConfig['store']>['retention']>;

/** What is not set keeps its default, but no longer than what is coarser and set, and at least as long as what is finer. */
function retention(set: Retention | undefined): readonly number[] | undefined {
  if (set === undefined) return undefined;
  const given = [set['1s'], set['10s'], set['1m'], set['1h'], set['1d']];
  let finerS = 0;
  return given.map((keptS, index) => {
    const coarserS = Math.min(...given.slice(index + 1).map((seconds) => seconds ?? Infinity));
    finerS = keptS ?? Math.max(finerS, Math.min(DEFAULT_RETENTION_S[index]!, coarserS));
    return finerS;
  });
}
