// How a command gets its configuration. Owns: which flags are settings, and what is told about the surroundings (unknown
// variables) before the command begins. Reading, merging and checking is core/src/config.
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { type ConfigFlags, type LoadedConfig, loadConfig } from '@kaipo/core/config/load-config.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { defaultStoreDir } from '@kaipo/core/query/default-store-dir.js';
import type { StoreOptions } from '@kaipo/core/store/lmdb-store.js';

/** Flags that are settings. Absent or undefined: what the files, the environment and the defaults say. */
export interface SettingsFlags {
  /** --config FILE: this file alone instead of the usual places. */
  readonly config?: string | undefined;
  /** --store DIR. */
  readonly store?: string | undefined;
  /** -i, --filter, --snaplen, --ring-mib of what captures. */
  readonly interfaces?: readonly string[] | undefined;
  readonly filter?: string | undefined;
  readonly snaplen?: number | undefined;
  readonly ringMiB?: number | undefined;
}

export interface Settings extends LoadedConfig {
  /** Where the store is: absolute. */
  readonly storeDir: string;
}

/**
 * The configuration that holds for this command: flags > KAIPO_* > files > defaults. Says on stderr which KAIPO_* variables
 * mean nothing. Read it again (SIGHUP) by calling it again with the same flags.
 * Raises KAIPO_BAD_CONFIG (all problems at once, one a line), KAIPO_NO_INPUT (--config names no file).
 */
export async function loadSettings(flags: SettingsFlags = {}): Promise<Settings> {
  const loaded = await loadConfig({
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    ...(flags.config !== undefined && { file: flags.config }),
    flags: configFlags(flags),
  });
  for (const warning of loaded.warnings) process.stderr.write(`kaipo: ${safeText(warning, 1024)}\n`);
  return { ...loaded, storeDir: storeDirOf(loaded.config) };
}

/**
 * What openStore needs of a configuration; add `readOnly` and the like: openStore({...storeOptions(config), readOnly: true}).
 * The key of an encrypted store is in KAIPO_STORE_KEY or in the configured file.
 */
export function storeOptions(config: KaipoConfig, env: NodeJS.ProcessEnv = process.env): StoreOptions {
  const { retentionS, maxBytes, flowBytes, nameBytes, encryptionKeyFile } = config.store;
  const key = env['KAIPO_STORE_KEY'];
  return {
    dir: storeDirOf(config),
    ...(retentionS !== undefined && { retentionS }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(flowBytes !== undefined && { flowBudgetBytes: flowBytes }),
    ...(nameBytes !== undefined && { nameBudgetBytes: nameBytes }),
    ...(key !== undefined && key !== '' && { key }),
    ...(encryptionKeyFile !== undefined && { keyFile: encryptionKeyFile }),
  };
}

const storeDirOf = (config: KaipoConfig): string => resolve(config.store.path ?? defaultStoreDir());

function configFlags({ store, interfaces = [], filter, snaplen, ringMiB }: SettingsFlags): ConfigFlags {
  return {
    ...(store !== undefined && { storePath: store }),
    // No -i at all is an empty list to the command line, and nothing to the configuration.
    ...(interfaces.length > 0 && { captureInterfaces: interfaces }),
    ...(filter !== undefined && { filter }),
    ...(snaplen !== undefined && { snaplen }),
    ...(ringMiB !== undefined && { ringMiB }),
  };
}
