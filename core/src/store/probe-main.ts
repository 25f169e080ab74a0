// Reads every block of a store and ends with 0, or does not survive it. Started by data-file-check.ts as a process of its own.
import { LmdbFile } from './lmdb-file.js';
import { FIRST_KEY, LAST_KEY } from './store-keys.js';

const file = new LmdbFile({ dir: process.argv[2] ?? '', readOnly: true });
file.read((reader) => {
  for (const { value } of reader.range(FIRST_KEY, LAST_KEY)) value.at(-1);
});
process.exit(0);
