// Plugins for calls, streams, VPNs and tunnels: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';

export const mediaPlugins: readonly KaipoPlugin[] = [];
