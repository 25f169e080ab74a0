// Changes of the configuration that come over HTTP. Owns: that only the listed keys are written, each as its schema takes it; that one
// change follows the other; that a file is left as it was when what results cannot be used; and what is said about when it holds.
// Bound: MAX_WAITING changes at a time.
import { CONFIG_KEYS, refusal } from '@kaipo/core/config/config-keys.js';
import { setInToml, unsetInToml } from '@kaipo/core/config/edit-toml.js';
import { replacementOf } from '@kaipo/core/config/replaced-keys.js';
import { tomlValue } from '@kaipo/core/config/toml-text.js';
import type { TomlTable } from '@kaipo/core/config/toml-tree.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { nearestName } from '@kaipo/core/kernel/nearest-name.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { interfaceNames } from '../../history/check-interfaces.js';
import { configChanges } from '../../live/recorder-reload.js';
import { shellWord } from '../../output/runnable-command.js';
import { type ChangedFile, changeFile, configFileToChange } from '../../settings/change-config-file.js';
import type { Settings } from '../../settings/settings.js';
import { HttpError } from '../problem.js';
import type { WebContext } from '../web-context.js';
import { runningRecorder } from './config-document.js';
import { checkChosen, interfaceChoices } from './interface-choice.js';
import { WEB_SETTINGS } from './web-settings.js';

export interface WantedChanges {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly unset?: readonly string[];
}

/** What a change did, for the page that made it. */
export interface MadeChanges {
  /** Absent `before` or `after`: not set in the file. */
  readonly changed: readonly { readonly key: string; readonly before?: unknown; readonly after?: unknown }[];
  /** Written, and something stronger says otherwise. */
  readonly overridden: readonly { readonly key: string; readonly where: string }[];
  readonly needRestart: readonly string[];
  readonly recorder: RecorderAfter;
}

interface RecorderAfter {
  readonly running: boolean;
  readonly pid?: number;
  /** What it took over; absent when it was not asked or did not answer. */
  readonly applied?: readonly string[];
  /** Why it goes on as before, and what would change that. */
  readonly detail?: string;
  readonly fix?: string;
}

interface Edit {
  readonly key: string;
  readonly path: readonly string[];
  /** As TOML; absent: the key goes. */
  readonly literal?: string;
}

const MAX_WAITING = 16;
const RELOAD_TIMEOUT_MS = 3000;
const INTERFACES = 'monitoring.interface';

export class ConfigWriter {
  readonly #context: WebContext;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(context: WebContext) {
    this.#context = context;
  }

  /** Raises HttpError 403, 422 or 503, and KAIPO_BAD_CONFIG; then nothing is written. */
  async write(wanted: WantedChanges): Promise<MadeChanges> {
    if (this.#waiting >= MAX_WAITING)
      throw new HttpError(503, 'too many changes of the configuration wait', 'try again');
    this.#waiting += 1;
    const made = this.#last.then(() => this.#change(wanted));
    this.#last = made.catch(() => undefined);
    try {
      return await made;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #change(wanted: WantedChanges): Promise<MadeChanges> {
    await this.#checkInterfaces(wanted.set?.[INTERFACES]);
    const edits = editsOf(wanted);
    const context = this.#context;
    const before = context.settings();
    const file = configFileToChange({ config: context.flags.config });
    const written = writeEdits(file, edits);
    const after = await this.#reloadOr(written);
    const changes = configChanges(before.config, after.config);
    return {
      changed: edits.map(({ key, path }) => ({
        key,
        ...valueIn('before', written.before, path),
        ...valueIn('after', written.after, path),
      })),
      overridden: overridden(edits, after, file),
      needRestart: changes.needRestart,
      recorder: await this.#tellRecorder(changes.applied),
    };
  }

  /** What is written holds, or it is not written. */
  async #reloadOr(written: ChangedFile): Promise<Settings> {
    try {
      return await this.#context.reload();
    } catch (error) {
      written.undo();
      await this.#context.reload();
      throw error;
    }
  }

  /** What is no name at all is for the schema to refuse. */
  async #checkInterfaces(wanted: unknown): Promise<void> {
    const names = [wanted].flat();
    if (wanted === 'auto' || !names.every((name) => typeof name === 'string')) return;
    const choices = await interfaceChoices(this.#context.settings().config);
    checkChosen(names, new Set([...choices.map(({ name }) => name), ...recordedNames(this.#context)]));
  }

  async #tellRecorder(expected: readonly string[]): Promise<RecorderAfter> {
    const writer = runningRecorder(this.#context);
    if (writer === undefined) return { running: false };
    const { pid } = writer;
    try {
      const { requestWriter } = await import('../../live/recorder-control.js');
      const answer = await requestWriter(writer, 'reload', { timeoutMs: RELOAD_TIMEOUT_MS });
      const applied = Array.isArray(answer['applied']) ? answer['applied'].map(String) : [];
      const ignored = expected.filter((key) => !applied.includes(key));
      if (ignored.length === 0) return { running: true, pid, applied };
      const detail = `the recorder goes on without ${ignored.join(', ')}: it reads another configuration file`;
      return { running: true, pid, applied, detail, fix: 'kaipo config path' };
    } catch (error) {
      if (!(error instanceof KaipoError)) throw error;
      const fix = error.fix ?? 'stop the recorder and start it again';
      return { running: true, pid, detail: error.message, fix };
    }
  }
}

/** Raises 422 with everything that is wrong, 403 for keys that are not for this way. */
function editsOf({ set = {}, unset = [] }: WantedChanges): Edit[] {
  const keys = [...Object.keys(set), ...unset];
  if (keys.length === 0) throw new HttpError(422, 'nothing is to be changed', '{"set": {"cost.rate_per_gb": 7.5}}');
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new HttpError(422, `"${safeText(twice, 64)}" is there twice`);
  for (const key of keys) checkKey(key);
  const problems: string[] = [];
  const edits = [
    ...Object.entries(set).map(([key, value]): Edit => {
      const { path, schema } = CONFIG_KEYS.get(key)!;
      const must = refusal(schema, value);
      if (must !== undefined) problems.push(`"${key}" must be ${must}, not ${shown(value)}`);
      return { key, path, literal: tomlValue(value) };
    }),
    ...unset.map((key): Edit => ({ key, path: CONFIG_KEYS.get(key)!.path })),
  ];
  if (problems.length > 0) throw new HttpError(422, problems.join('; '), 'GET /api/config says what each key takes');
  return edits;
}

function checkKey(key: string): void {
  if (WEB_SETTINGS.has(key)) return;
  if (CONFIG_KEYS.has(key)) {
    throw new HttpError(403, `${key} is not changed over HTTP`, `kaipo config set ${key} VALUE`);
  }
  const near = nearestName(key, WEB_SETTINGS);
  const hint = replacementOf(key.split('.')) ?? (near === undefined ? undefined : `did you mean "${near}"?`);
  const told = `there is no key "${safeText(key, 64)}"`;
  throw new HttpError(422, hint === undefined ? told : `${told}; ${hint}`, 'GET /api/config lists the keys');
}

const shown = (value: unknown): string => safeText(JSON.stringify(value) ?? String(value), 64);

function writeEdits(file: string, edits: readonly Edit[]): ChangedFile {
  try {
    return changeFile(file, (text) =>
      edits.reduce(
        (at, { path, literal }) =>
          literal === undefined ? (unsetInToml(at, path) ?? at) : setInToml(at, path, literal),
        text,
      ),
    );
  } catch (error) {
    if (!(error instanceof KaipoError) || error.code !== 'KAIPO_CANNOT_CREATE') throw error;
    throw new HttpError(403, error.message, edits.map((edit) => commandFor(edit, file)).join(' && '));
  }
}

/** Whoever may write there can do it so. */
function commandFor({ key, literal }: Edit, file: string): string {
  const value = literal?.replace(/^\[(.*)\]$/, '$1').replaceAll('"', '');
  const what = value === undefined ? `--unset ${key}` : `${key} ${shellWord(value.replaceAll(', ', ','))}`;
  return `sudo kaipo config set ${what} --file ${shellWord(file)}`;
}

function valueIn(name: 'before' | 'after', root: TomlTable, path: readonly string[]) {
  const value = path.reduce<unknown>((at, part) => (at as TomlTable | undefined)?.[part], root);
  return value === undefined ? {} : { [name]: value };
}

function overridden(edits: readonly Edit[], { values }: Settings, file: string): MadeChanges['overridden'] {
  return edits.flatMap(({ key, literal }) => {
    const where = values.get(key)?.origin.where;
    return literal === undefined || where === undefined || where.startsWith(`${file}:`) ? [] : [{ key, where }];
  });
}

/** An interface of yesterday may be chosen: it comes back. */
function recordedNames({ history }: WebContext): readonly string[] {
  try {
    return interfaceNames(history.get());
  } catch {
    return [];
  }
}
