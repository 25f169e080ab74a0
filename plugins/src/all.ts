// The plugins that come with kaipo: one line each, nothing else.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { dnsPlugin } from './protocols/dns/index.js';
import { portNamesPlugin } from './protocols/port-names/index.js';

export const builtinPlugins: readonly KaipoPlugin[] = [dnsPlugin, portNamesPlugin];
