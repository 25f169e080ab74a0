// The one error for bytes of the store that are not what was written.
import { KaipoError } from '../kernel/errors.js';

export function damaged(what: string): KaipoError {
  return new KaipoError('KAIPO_STORE_CORRUPT', `a block of the store is damaged: ${what}`);
}
