// `kaipo config set KEY VALUE`, `--unset`, and `kaipo config init`: the configuration file changed by a command. Owns: what is said
// about it. That nothing wrong is ever written is cli/src/settings/change-config-file.ts.
import { existsSync } from 'node:fs';
import { CONFIG_KEYS, refusal, SECTIONS, valueOfText } from '@kaipo/core/config/config-keys.js';
import { sampleConfig } from '@kaipo/core/config/config-sample.js';
import { setInToml, unsetInToml } from '@kaipo/core/config/edit-toml.js';
import { badConfig } from '@kaipo/core/config/merge-config.js';
import { replacementOf } from '@kaipo/core/config/replaced-keys.js';
import { shownValue } from '@kaipo/core/config/show-config.js';
import { tomlValue } from '@kaipo/core/config/toml-text.js';
import type { TomlTable } from '@kaipo/core/config/toml-tree.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { nearestName } from '@kaipo/core/kernel/nearest-name.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { DataOptions } from '../command-line/command-line.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { changeFile, configFileToChange } from '../settings/change-config-file.js';
import { loadSettings, storeOptions } from '../settings/settings.js';
import { writeConfigFile } from '../settings/write-config-file.js';

export interface ConfigSetOptions extends DataOptions {
  /** The file to change; the user's own without it. */
  readonly file?: string;
  readonly unset: boolean;
}

interface Change {
  readonly key: string;
  readonly file: string;
  /** As TOML; absent: not set. */
  readonly before?: string;
  readonly after?: string;
}

export async function runConfigSet(key: string, value: string | undefined, options: ConfigSetOptions): Promise<number> {
  try {
    const path = pathOf(key);
    if (options.unset !== (value === undefined)) {
      const told = options.unset ? 'a value makes no sense with --unset' : `no value is given for ${key}`;
      throw new KaipoError('KAIPO_USAGE', told, `kaipo config set ${key} VALUE`);
    }
    const file = configFileToChange(options);
    const change = changeFile(file, (text) => {
      if (value !== undefined) return setInToml(text, path, literalOf(key, value));
      return unsetInToml(text, path) ?? text;
    });
    const shown: Change = {
      key,
      file,
      ...valueText('before', change.before, path),
      ...valueText('after', change.after, path),
    };
    writeAnswer(
      {
        document: { schema: 'kaipo.config-set/1', ...shown },
        records: [{ type: 'change', ...shown }],
        csv: { columns: ['key', 'before', 'after', 'file'], rows: [[key, shown.before, shown.after, file]] },
        table: () => changeText(shown),
      },
      options.format,
      options.output,
    );
    await tellConsequences(options, shown);
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

/** A commented sample of every key, where no file is yet. */
export async function runConfigInit(options: Pick<ConfigSetOptions, 'file' | 'config'>): Promise<number> {
  try {
    const file = configFileToChange(options);
    if (existsSync(file)) throw new KaipoError('KAIPO_CANNOT_CREATE', `${file} is there already`, 'kaipo config check');
    writeConfigFile(file, sampleConfig());
    process.stderr.write(`kaipo: wrote ${safeText(file, 4096)}\n`);
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

/** Keys of plugins are free; the others are those of the schema. Raises KAIPO_USAGE with the nearest name. */
function pathOf(key: string): readonly string[] {
  const known = CONFIG_KEYS.get(key);
  if (known !== undefined) return known.path;
  const parts = key.split('.');
  if (parts[0] === 'plugins' && parts.length >= 3 && parts.every((part) => part !== '')) return parts;
  const list = SECTIONS.find((section) => section.isList && key.startsWith(section.path.join('.')));
  if (list !== undefined) {
    const name = list.path.join('.');
    const lines = list.keys
      .filter(({ notes }) => notes.example !== undefined)
      .map(({ path, notes }) => `  ${path.at(-1)} = ${tomlValue(notes.example ?? notes.preset)}`);
    const told = `[[${name}]] is a list of tables; each is a block of lines in the file:\n  [[${name}]]\n${lines.join('\n')}`;
    const fix = name === 'cap' ? 'kaipo cap --add NAME --limit 500GB, or --remove NAME' : 'kaipo config path';
    throw new KaipoError('KAIPO_USAGE', told, fix);
  }
  const near = nearestName(key, CONFIG_KEYS.keys());
  const hint = replacementOf(parts) ?? (near === undefined ? undefined : `did you mean "${near}"?`);
  const told = `there is no key "${safeText(key, 64)}"${hint === undefined ? '' : `; ${hint}`}`;
  throw new KaipoError('KAIPO_USAGE', told, 'kaipo config show');
}

/** A number stays as it was typed: 7.50. */
function literalOf(key: string, text: string): string {
  const schema = CONFIG_KEYS.get(key)?.schema;
  const value = schema === undefined ? freeValue(text) : valueOfText(schema, text);
  const must = schema === undefined ? undefined : refusal(schema, value);
  if (must !== undefined) throw badConfig([`"${key}" must be ${must}, not "${safeText(text, 64)}"`], []);
  if (typeof value === 'number' && /^\d+(\.\d+)?$/.test(text) && !/^0\d/.test(text)) return text;
  return tomlValue(value);
}

function freeValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

function valueText(
  name: 'before' | 'after',
  root: TomlTable,
  path: readonly string[],
): Partial<Record<'before' | 'after', string>> {
  const value = path.reduce<unknown>((at, part) => (at as TomlTable | undefined)?.[part], root);
  return value === undefined ? {} : { [name]: shownValue(path.at(-1)!, value) };
}

function changeText({ key, before, after, file }: Change): string {
  if (before === after) return `${key} is ${before ?? 'not set'} already in ${safeText(file, 4096)}\n`;
  return `${key}: ${before ?? 'not set'} -> ${after ?? 'not set'} in ${safeText(file, 4096)}\n`;
}

/** Does another source win? Does a recorder run that has not seen it? */
async function tellConsequences(options: ConfigSetOptions, { key, file, before, after }: Change): Promise<void> {
  try {
    const { config, values } = await loadSettings({ store: options.store });
    const where = values.get(key)?.origin.where;
    if (after !== undefined && where !== undefined && !where.startsWith(`${file}:`)) {
      process.stderr.write(`kaipo: ${safeText(where, 4096)} says otherwise and wins\n`);
    }
    if (before === after) return;
    const { findRecorder } = await import('../live/recorder-control.js');
    const recorder = await findRecorder(storeOptions(config));
    if (recorder !== undefined) {
      process.stderr.write(`kaipo: the recorder reads it with: kill -HUP ${recorder.pid}\n`);
    }
  } catch (error) {
    // The change is made; what else is wrong is worth knowing, and no failure of it.
    reportError(error);
  }
}
