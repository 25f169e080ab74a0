// Checks a store in a process of its own: LMDB trusts its pages, and a damaged one may end the process that reads it. Started by
// store-check-run.ts; talks over the channel of fork. Owns nothing but that conversation.
import { KaipoError } from '../kernel/errors.js';
import { checkStore } from './store-check.js';
import type { CheckMessage } from './store-check-run.js';
import { openStoreFile, type StoreFileOptions } from './store-opening.js';

const TELL_EVERY_MS = 100;

process.once('message', (options: Omit<StoreFileOptions, 'readOnly'>) => {
  answer(options, (message) => process.send?.(message));
});

function answer(options: Omit<StoreFileOptions, 'readOnly'>, send: (message: CheckMessage) => void): void {
  let toldMs = 0;
  try {
    const { file } = openStoreFile({ ...options, readOnly: true });
    const report = checkStore(file, (share) => {
      if (performance.now() - toldMs < TELL_EVERY_MS) return;
      toldMs = performance.now();
      send({ share });
    });
    send({ report });
  } catch (error) {
    const { message } = error as Error;
    const known =
      error instanceof KaipoError ? { code: error.code, ...(error.fix === undefined ? {} : { fix: error.fix }) } : {};
    send({ error: { message, ...known } });
  }
  process.disconnect?.();
}
