// Plugins for what networks need to run: names, time, addresses, directories, management: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';

export const networkPlugins: readonly KaipoPlugin[] = [];
