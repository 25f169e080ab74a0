// The rules that name applications, of a run that captures. Owns: from where they come for this command. Loaded only when something is
// captured: reading TOML costs 10 MB and some tens of milliseconds.
import { homedir } from 'node:os';
import { type AppRulesSources, loadAppRules } from '@kaipo/core/config/app-rules-file.js';
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { useAppRules } from '@kaipo/core/owners/app-rules.js';

export function rulesSources(config: KaipoConfig, configFile: string | undefined): AppRulesSources {
  return {
    env: process.env,
    home: homedir(),
    ...(configFile !== undefined && { file: configFile }),
    ...(config.apps.rules !== undefined && { rulesFile: config.apps.rules }),
  };
}

/** The same before a capture begins: rules that are wrong end it. */
export function holdAppRulesFor(
  prepared: { close(): void },
  config: KaipoConfig,
  configFile: string | undefined,
): void {
  try {
    holdAppRules(config, configFile);
  } catch (error) {
    prepared.close();
    throw error;
  }
}

/** From now on these rules name processes, also those that are known. Raises KAIPO_BAD_CONFIG and leaves the old ones. */
export function holdAppRules(config: KaipoConfig, configFile: string | undefined): void {
  useAppRules(loadAppRules(rulesSources(config, configFile)));
}
