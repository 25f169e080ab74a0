// The anomaly rules that come with kaipo, by name. Each is a plugin of its own: what it raises, its settings and its README are in its folder.
import type { KaipoPlugin } from '@kaipo/core/api/index.js';
import { arpSpoofPlugin } from './arp-spoof/index.js';
import { beaconingPlugin } from './beaconing/index.js';
import { blockListPlugin } from './block-list/index.js';
import { bruteForcePlugin } from './brute-force/index.js';
import { capForecastPlugin } from './cap-forecast/index.js';
import { capReachedPlugin } from './cap-reached/index.js';
import { captureLossPlugin } from './capture-loss/index.js';
import { changedCertificatePlugin } from './changed-certificate/index.js';
import { changedHostKeyPlugin } from './changed-host-key/index.js';
import { cleartextCredentialsPlugin } from './cleartext-credentials/index.js';
import { dgaPlugin } from './dga/index.js';
import { dnsTunnelPlugin } from './dns-tunnel/index.js';
import { exfiltrationPlugin } from './exfiltration/index.js';
import { expiredCertificatePlugin } from './expired-certificate/index.js';
import { gatewayChangePlugin } from './gateway-change/index.js';
import { hostScanPlugin } from './host-scan/index.js';
import { icmpFloodPlugin } from './icmp-flood/index.js';
import { ndpSpoofPlugin } from './ndp-spoof/index.js';
import { newApplicationPlugin } from './new-application/index.js';
import { newCountryPlugin } from './new-country/index.js';
import { newDestinationPlugin } from './new-destination/index.js';
import { newDevicePlugin } from './new-device/index.js';
import { newListeningPortPlugin } from './new-listening-port/index.js';
import { nxdomainBurstPlugin } from './nxdomain-burst/index.js';
import { portScanPlugin } from './port-scan/index.js';
import { rogueDhcpPlugin } from './rogue-dhcp/index.js';
import { silencePlugin } from './silence/index.js';
import { slowScanPlugin } from './slow-scan/index.js';
import { stealthScanPlugin } from './stealth-scan/index.js';
import { synFloodPlugin } from './syn-flood/index.js';
import { udpFloodPlugin } from './udp-flood/index.js';
import { udpScanPlugin } from './udp-scan/index.js';
import { unbookedBytesPlugin } from './unbooked-bytes/index.js';
import { unexpectedResolverPlugin } from './unexpected-resolver/index.js';
import { volumeDropPlugin } from './volume-drop/index.js';
import { volumeSpikePlugin } from './volume-spike/index.js';
import { weakTlsPlugin } from './weak-tls/index.js';

export const ANOMALY_PLUGINS: readonly KaipoPlugin[] = [
  arpSpoofPlugin,
  beaconingPlugin,
  blockListPlugin,
  bruteForcePlugin,
  capForecastPlugin,
  capReachedPlugin,
  captureLossPlugin,
  changedCertificatePlugin,
  changedHostKeyPlugin,
  cleartextCredentialsPlugin,
  dgaPlugin,
  dnsTunnelPlugin,
  exfiltrationPlugin,
  expiredCertificatePlugin,
  gatewayChangePlugin,
  hostScanPlugin,
  icmpFloodPlugin,
  ndpSpoofPlugin,
  newApplicationPlugin,
  newCountryPlugin,
  newDestinationPlugin,
  newDevicePlugin,
  newListeningPortPlugin,
  nxdomainBurstPlugin,
  portScanPlugin,
  rogueDhcpPlugin,
  silencePlugin,
  slowScanPlugin,
  stealthScanPlugin,
  synFloodPlugin,
  udpFloodPlugin,
  udpScanPlugin,
  unbookedBytesPlugin,
  unexpectedResolverPlugin,
  volumeDropPlugin,
  volumeSpikePlugin,
  weakTlsPlugin,
];
