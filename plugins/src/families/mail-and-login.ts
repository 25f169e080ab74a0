// Plugins for mail, files, shells, remote desktops, proxies: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';

export const mailAndLoginPlugins: readonly KaipoPlugin[] = [];
