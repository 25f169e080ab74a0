// Plugins for file sharing, coins, games, applications with a protocol of their own: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';

export const sharingAndGamesPlugins: readonly KaipoPlugin[] = [];
