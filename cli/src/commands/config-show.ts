// `kaipo config show` and `kaipo config path`: what holds, where it comes from, where it is looked for. Changes nothing.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { configPlaces } from '@kaipo/core/config/config-file.js';
import type { ShownValue } from '@kaipo/core/config/show-config.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { DataOptions } from '../command-line/command-line.js';
import { alignedTable } from '../output/aligned-table.js';
import { type DataAnswer, writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { loadSettings } from '../settings/settings.js';

export interface ConfigShowOptions extends DataOptions {
  readonly origin: boolean;
}

/** The effective configuration as one TOML file (table), or a row a key. Secrets are not printed. */
export async function runConfigShow(options: ConfigShowOptions): Promise<number> {
  try {
    const settings = await loadSettings({ config: options.config, store: options.store });
    // Loaded now: the schema is needed to name the defaults.
    const { shownValues, showText } = await import('@kaipo/core/config/show-config.js');
    const values = shownValues(settings);
    const records = values.map(record);
    writeAnswer(
      {
        document: { schema: 'kaipo.config/1', files: settings.files, values: records },
        records: records.map((row) => ({ type: 'value', ...row })),
        csv: {
          columns: ['key', 'value', 'from', 'where'],
          rows: records.map(({ key, value, from, where }) => [
            key,
            typeof value === 'string' ? value : JSON.stringify(value),
            from,
            where,
          ]),
        },
        table: () => showText(values, options.origin),
      },
      options.format,
      options.output,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

function record({ key, value, origin }: ShownValue) {
  return { key, value, from: origin?.from ?? 'default', ...(origin !== undefined && { where: origin.where }) };
}

/** Which files are looked for, strongest first, and which there are. Reads none of them. */
export async function runConfigPath(options: DataOptions): Promise<number> {
  try {
    writeAnswer(pathAnswer(options), options.format, options.output);
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

function pathAnswer({ config }: DataOptions): DataAnswer {
  const sources = {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    ...(config !== undefined && { file: config }),
  };
  const rows = configPlaces(sources).map(({ path, kind }) => ({ path, kind, exists: existsSync(path) }));
  return {
    document: { schema: 'kaipo.config-path/1', files: rows },
    records: rows.map((row) => ({ type: 'file', ...row })),
    csv: {
      columns: ['path', 'kind', 'exists'],
      rows: rows.map(({ path, kind, exists }) => [path, kind, String(exists)]),
    },
    table: () =>
      alignedTable(
        ['File', 'Whose', ''],
        rows.map(({ path, kind, exists }) => [safeText(path, 4096), KINDS[kind], exists ? 'there' : 'not there']),
      ),
  };
}

const KINDS = {
  named: 'named by --config',
  directory: 'of this directory',
  user: 'yours',
  system: 'of this machine',
} as const;
