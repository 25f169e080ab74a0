// The store that commands read. Owns: where it is and how it is opened, the same for every command.
import { defaultStoreDir } from '@kaipo/core/query/default-store-dir.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';
import type { Store } from '@kaipo/core/store/store.js';

/** Opens history for reading. Raises KAIPO_STORE_MISSING and the other errors of openStore. The caller closes it. */
export async function openHistory(options: { readonly store?: string }): Promise<Store> {
  return openStore({ dir: options.store ?? defaultStoreDir(), readOnly: true });
}
