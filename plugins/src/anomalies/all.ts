// The anomaly rules that come with kaipo, by name. Each is a plugin of its own: what it raises, its settings and its README are in its folder.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';

export const ANOMALY_PLUGINS: readonly KaipoPlugin[] = [];
