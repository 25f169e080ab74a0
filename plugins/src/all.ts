// The plugins that come with kaipo, by family. Whose turn comes first among protocols without a port hint is the order here.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { applicationsPlugin } from './applications/index.js';
import { dataPlugins } from './families/data.js';
import { mailAndLoginPlugins } from './families/mail-and-login.js';
import { mediaPlugins } from './families/media.js';
import { networkPlugins } from './families/network.js';
import { sharingAndGamesPlugins } from './families/sharing-and-games.js';
import { webPlugins } from './families/web.js';
import { dnsPlugin } from './protocols/dns/index.js';
import { portNamesPlugin } from './protocols/port-names/index.js';

export const builtinPlugins: readonly KaipoPlugin[] = [
  dnsPlugin,
  ...webPlugins,
  ...mailAndLoginPlugins,
  ...networkPlugins,
  ...dataPlugins,
  ...mediaPlugins,
  ...sharingAndGamesPlugins,
  portNamesPlugin,
  applicationsPlugin,
];
