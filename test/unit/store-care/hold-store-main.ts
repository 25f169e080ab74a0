// Opens a store for recording and holds it until it is ended; says `open PID` or the code of the error.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { openStore } from '@kaipo/core/store/lmdb-store.js';

try {
  const key = process.env['KAIPO_TEST_KEY'];
  openStore({ dir: process.argv[2] ?? '', ...(key === undefined ? {} : { key }) });
  process.stdout.write(`open ${process.pid}\n`);
  process.stdin.resume();
} catch (error) {
  process.stdout.write(`${error instanceof KaipoError ? error.code : (error as Error).stack}\n`);
}
