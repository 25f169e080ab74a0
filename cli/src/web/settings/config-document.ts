// The configuration that holds, as the settings page shows it: every key with its value, where it comes from, what it takes and what
// changing it would mean. Owns the fields of the document. No secret is in it: see core/src/config/show-config.ts.
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CONFIG_KEYS, type ConfigKey, refusal } from '@kaipo/core/config/config-keys.js';
import { type ShownValue, shownValues } from '@kaipo/core/config/show-config.js';
import type { WriterRecord } from '@kaipo/core/store/writer-lock.js';
import { needsRestart } from '../../live/recorder-reload.js';
import { configFileToChange } from '../../settings/change-config-file.js';
import type { WebContext } from '../web-context.js';
import { interfaceChoices } from './interface-choice.js';
import { WEB_SETTINGS } from './web-settings.js';

export interface ShownSetting {
  readonly key: string;
  /** Absent: nobody set it, and it has no default. */
  readonly value?: unknown;
  readonly default?: unknown;
  readonly origin: 'default' | 'file' | 'environment' | 'flag';
  /** `path:line`, `KAIPO_…` or `--flag`. */
  readonly where?: string;
  readonly description?: string;
  /** What a value must be, in words. */
  readonly must?: string;
  readonly choices?: readonly string[];
  /** May it be changed over HTTP? */
  readonly writable: boolean;
  /** A recorder, or the server itself, uses it from its next start on. */
  readonly needsRestart: boolean;
}

export async function configDocument(context: WebContext): Promise<object> {
  const settings = context.settings();
  const file = configFileToChange({ config: context.flags.config });
  const shown = new Map(shownValues(settings).map((value) => [value.key, value]));
  const others = [...shown.values()].filter(({ key }) => !CONFIG_KEYS.has(key));
  const recorder = runningRecorder(context);
  return {
    schema: 'kaipo.web-config/1',
    file,
    fileExists: existsSync(file),
    writable: isWritable(file),
    files: settings.files,
    recorder: { running: recorder !== undefined, ...(recorder !== undefined && { pid: recorder.pid }) },
    settings: [
      ...[...CONFIG_KEYS.values()].map((key) => settingOf(key, shown.get(key.name))),
      ...others.map(({ key, value, origin }) => ({
        key,
        value,
        ...originOf(origin),
        writable: false,
        needsRestart: false,
      })),
    ],
    interfaces: await interfaceChoices(settings.config),
  };
}

function settingOf({ name, schema, notes }: ConfigKey, shown: ShownValue | undefined): ShownSetting {
  const choices = choicesOf(schema);
  const must = refusal(schema, {});
  return {
    key: name,
    ...(shown !== undefined && { value: shown.value }),
    ...(notes.preset !== undefined && { default: notes.preset }),
    ...originOf(shown?.origin),
    description: notes.about,
    ...(must !== undefined && { must }),
    ...(choices !== undefined && { choices }),
    writable: WEB_SETTINGS.has(name),
    needsRestart: needsRestart(name),
  };
}

const originOf = (origin: ShownValue['origin']): Pick<ShownSetting, 'origin' | 'where'> =>
  origin === undefined ? { origin: 'default' } : { origin: origin.from, where: origin.where };

/** Of a list of words its words. */
function choicesOf(schema: ConfigKey['schema']): readonly string[] | undefined {
  const leaf = (schema as { readonly wrapped?: unknown }).wrapped ?? schema;
  const { type, options } = leaf as { readonly type?: string; readonly options?: unknown };
  return type === 'picklist' ? (options as readonly string[]) : undefined;
}

/** A file is replaced as a whole, so its directory must let us; one that is not there yet may need directories too. */
function isWritable(file: string): boolean {
  let place = existsSync(file) ? file : dirname(file);
  try {
    if (existsSync(file)) accessSync(dirname(file), constants.W_OK);
    while (!existsSync(place)) place = dirname(place);
    accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Undefined also where there is no store, or one that cannot be read. */
export function runningRecorder({ history }: WebContext): WriterRecord | undefined {
  try {
    return history.get().info().writer;
  } catch {
    return undefined;
  }
}
