// What a changed configuration means for a recorder that runs. Owns which settings take effect at once and which need a restart.
// Must not know where a configuration comes from.
import { isDeepStrictEqual } from 'node:util';
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';

/** Settings in the words of the file. */
export interface ConfigChanges {
  /** Takes effect at once. */
  readonly applied: readonly string[];
  /** Is used from the next start on. */
  readonly needRestart: readonly string[];
}

type Pick = (config: KaipoConfig) => unknown;

const AT_ONCE: readonly (readonly [string, Pick])[] = [
  ['monitoring.poll_interval', (config) => config.monitoring.pollIntervalS],
  ['monitoring.batch_write_interval', (config) => config.monitoring.batchWriteIntervalS],
  ['monitoring.interface', (config) => config.monitoring.interfaces],
  ['privacy.mode', (config) => config.privacy.mode],
  ['report', (config) => config.reports],
  ['alerts.quiet_hours', (config) => config.alerts.quietHours],
  ['alerts.critical_always', (config) => config.alerts.criticalAlways],
  ['alerts.daily_budget', (config) => config.alerts.dailyBudget],
  ['alerts.digest_at', (config) => config.alerts.digestAtMin],
  ['alerts.at_once_from', (config) => config.alerts.atOnceFrom],
  ['apps.rules', (config) => config.apps.rules],
  ['store.retention', (config) => config.store.retentionS],
  ['store.max_size', (config) => config.store.maxBytes],
  ['store.flows_size', (config) => config.store.flowBytes],
  ['store.names_size', (config) => config.store.nameBytes],
];
const AT_START: readonly (readonly [string, Pick])[] = [
  ['capture.interfaces', (config) => config.capture.interfaces],
  ['capture.filter', (config) => config.capture.filter],
  ['capture.snaplen', (config) => config.capture.snaplen],
  ['capture.ring_mib', (config) => config.capture.ringMiB],
  ['monitoring.memory', (config) => config.monitoring.memoryBytes],
  ['store.path', (config) => config.store.path],
  ['store.encryption_key_file', (config) => config.store.encryptionKeyFile],
];

export function configChanges(before: KaipoConfig, after: KaipoConfig): ConfigChanges {
  const changed = (settings: typeof AT_ONCE): string[] =>
    settings.filter(([, pick]) => !isDeepStrictEqual(pick(before), pick(after))).map(([name]) => name);
  return { applied: changed(AT_ONCE), needRestart: changed(AT_START) };
}

/** Is a change of this key used from the next start on only? Where the server listens, too. */
export const needsRestart = (key: string): boolean => key.startsWith('api.') || AT_START.some(([name]) => name === key);
