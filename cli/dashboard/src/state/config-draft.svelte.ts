// The settings somebody is changing. Owns: the draft, which outlives the page it is made on, saving it, and taking the last saved change
// back. One for the whole visit: another page and back loses nothing.

import { type Problem, postJson, problemOf } from '../api/request.js';
import { type ConfigChanges, changesOf, type Draft, refusedKeys, undoOf, withChange } from '../logic/config-draft.js';
import type { ConfigWritten, MadeChanges, ShownSetting } from '../settings/config-answers.js';

class ConfigDraft {
  #draft = $state.raw<Draft>({});
  isSaving = $state(false);
  problem = $state.raw<Problem>();
  /** What was saved last, until something else is. */
  made = $state.raw<MadeChanges>();

  get keys(): readonly string[] {
    return Object.keys(this.#draft);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#draft, key);
  }

  /** What the field shows: the change, or what holds. */
  valueOf(setting: ShownSetting): unknown {
    if (!this.has(setting.key)) return setting.value;
    return this.#draft[setting.key] ?? setting.default;
  }

  isUnset(key: string): boolean {
    return this.has(key) && this.#draft[key] === undefined;
  }

  isRefused(key: string): boolean {
    return this.has(key) && this.problem !== undefined && refusedKeys(this.problem.detail, [key]).length > 0;
  }

  change(setting: ShownSetting, value: unknown): void {
    this.#draft = withChange(this.#draft, setting, value);
    // What was refused is something else now.
    this.problem = undefined;
  }

  discard(): void {
    this.#draft = {};
    this.problem = undefined;
  }

  /** Resolves with what holds now, or undefined when it was refused: then the draft stays. */
  async save(): Promise<ConfigWritten | undefined> {
    const written = await this.#send(changesOf(this.#draft));
    if (written !== undefined) this.#draft = {};
    return written;
  }

  async undo(): Promise<ConfigWritten | undefined> {
    return this.made === undefined ? undefined : this.#send(undoOf(this.made.changed));
  }

  async #send(changes: ConfigChanges): Promise<ConfigWritten | undefined> {
    this.isSaving = true;
    this.problem = undefined;
    try {
      const written = await postJson<ConfigWritten>('config', changes);
      this.made = written.made;
      return written;
    } catch (error) {
      this.problem = problemOf(error);
      return undefined;
    } finally {
      this.isSaving = false;
    }
  }
}

export const configDraft = new ConfigDraft();
