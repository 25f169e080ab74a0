// The anomaly rules that come with kaipo, by name. Each is a plugin of its own: what it raises, its settings and its README are in its folder.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { beaconingPlugin } from './beaconing/index.js';
import { cleartextCredentialsPlugin } from './cleartext-credentials/index.js';
import { dgaPlugin } from './dga/index.js';
import { dnsTunnelPlugin } from './dns-tunnel/index.js';
import { expiredCertificatePlugin } from './expired-certificate/index.js';
import { nxdomainBurstPlugin } from './nxdomain-burst/index.js';
import { weakTlsPlugin } from './weak-tls/index.js';

export const ANOMALY_PLUGINS: readonly KaipoPlugin[] = [
  beaconingPlugin,
  cleartextCredentialsPlugin,
  dgaPlugin,
  dnsTunnelPlugin,
  expiredCertificatePlugin,
  nxdomainBurstPlugin,
  weakTlsPlugin,
];
