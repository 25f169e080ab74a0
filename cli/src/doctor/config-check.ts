// Whether the configuration is right, and where it puts the store. Must not know keys. Changes nothing.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { defaultStoreDir } from '@kaipo/core/query/default-store-dir.js';
import { loadSettings } from '../settings/settings.js';
import { type Check, fail, ok } from './check.js';

export interface Configured {
  readonly check: Check;
  /** The usual place when the configuration cannot be read. */
  readonly storeDir: string;
}

export async function configCheck(flags: { readonly config?: string; readonly store?: string }): Promise<Configured> {
  try {
    const { files, storeDir } = await loadSettings(flags);
    return { check: ok('configuration', files.length === 0 ? 'no file; defaults hold' : files.join(', ')), storeDir };
  } catch (error) {
    if (!(error instanceof KaipoError)) throw error;
    const [first = '', ...others] = error.message.split('\n');
    const detail = others.length === 0 ? first : `${first} (and ${others.length} more)`;
    return { check: fail('configuration', detail, 'kaipo config check'), storeDir: flags.store ?? defaultStoreDir() };
  }
}
