// Where rules for names of applications come from: a file of the person's, then the one that comes with kaipo. Owns: the places
// and the errors. Bound: that of a configuration file. The built-in file is read where it is written, so that an edited line
// counts at the next start, without a build.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KaipoError } from '../kernel/errors.js';
import { preparedOf } from '../kernel/prepared.js';
import { type AppRule, AppRules } from '../owners/app-rules.js';
import { parseAppRules } from './app-rules-text.js';
import { type PlaceSources, readConfigFile, userConfigFile } from './config-file.js';

/** From dist/config and from src/config alike. */
export const BUILTIN_RULES_FILE = fileURLToPath(new URL('../../src/config/app-rules.toml', import.meta.url));

const PREPARED = new URL('./app-rules.json', import.meta.url);

export interface AppRulesSources extends Pick<PlaceSources, 'file' | 'env' | 'home'> {
  /** `apps.rules` of the configuration: must be there. */
  readonly rulesFile?: string | undefined;
}

/** The person's rules: the named file, else apps.toml beside the user's configuration; with --config only what that names. */
export function ownRulesFile(sources: AppRulesSources): string | undefined {
  if (sources.rulesFile !== undefined) return sources.rulesFile;
  return sources.file === undefined ? join(dirname(userConfigFile(sources)), 'apps.toml') : undefined;
}

/** The person's rules before the built-in ones. Raises KAIPO_BAD_CONFIG with every problem, `path:line:column: what`. */
export function loadAppRules(sources: AppRulesSources): AppRules {
  return new AppRules([...ownRules(sources), ...builtinRules()]);
}

export function builtinRules(): readonly AppRule[] {
  const text = builtinRulesText();
  return (preparedOf(PREPARED, text) as readonly AppRule[] | undefined) ?? parseBuiltinRules(text);
}

export const builtinRulesText = (): string => readFileSync(BUILTIN_RULES_FILE, 'utf8');

export function parseBuiltinRules(text: string): readonly AppRule[] {
  const { rules, problems } = parseAppRules(text);
  if (problems.length > 0) throw new Error(`${BUILTIN_RULES_FILE}:${problems[0]!.line}: ${problems[0]!.message}`);
  return rules;
}

function ownRules(sources: AppRulesSources): readonly AppRule[] {
  const path = ownRulesFile(sources);
  const text = path === undefined ? undefined : readConfigFile({ path, kind: 'user' });
  if (path === undefined || text === undefined) {
    if (sources.rulesFile === undefined) return [];
    throw new KaipoError('KAIPO_BAD_CONFIG', `"apps.rules" names ${path}, and there is no such file`);
  }
  const { rules, problems } = parseAppRules(text);
  if (problems.length === 0) return rules;
  throw new KaipoError(
    'KAIPO_BAD_CONFIG',
    problems.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`).join('\n'),
    `correct ${path}, then: kaipo config check`,
  );
}
