// Plugins for TLS, QUIC, HTTP and what rides on them by name: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';

export const webPlugins: readonly KaipoPlugin[] = [];
