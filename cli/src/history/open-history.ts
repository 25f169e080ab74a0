// The store that commands read. Owns: where it is and how it is opened, the same for every command,
// and that what was measured until now is in it.

import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';
import { loadSettings, type SettingsFlags, storeOptions } from '../settings/settings.js';

/** A recorder writes some seconds at a time; it is asked to write now, and waited for this long. */
const MAX_FLUSH_MS = 1000;

/**
 * Opens history for reading, where flags and configuration say. Raises KAIPO_BAD_CONFIG, KAIPO_STORE_MISSING and the other
 * errors of openStore. The caller closes it.
 */
export async function openHistory(flags: SettingsFlags): Promise<Store> {
  const { config } = await loadSettings(flags);
  return openStoreOf(config);
}

/** The same for who needs the configuration besides. */
export async function openStoreOf(config: KaipoConfig): Promise<Store> {
  const store = openStore({ ...storeOptions(config), readOnly: true });
  const { writer } = store.info();
  if (writer?.socket !== undefined) {
    const { requestWriter } = await import('../live/recorder-control.js');
    // Not answered: what is in the store is the answer.
    await requestWriter(writer, 'flush', { timeoutMs: MAX_FLUSH_MS }).catch(() => undefined);
  }
  return store;
}
