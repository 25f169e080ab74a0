// Prunes the flows of a store.   node prune-main.js DIR BEFORE [KEY]
import { pruneStore } from '@kaipo/core/store/store-prune.js';

const [, , dir = '', before = '0', key] = process.argv;
await pruneStore({ dir, ...(key === undefined ? {} : { key }) }, { flowsBeforeS: Number(before) });
