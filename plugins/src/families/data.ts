// Plugins for databases, queues, caches, monitoring, industry: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';

export const dataPlugins: readonly KaipoPlugin[] = [];
