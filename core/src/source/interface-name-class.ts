// What carries an interface where the kernel does not tell: from its name. macOS, the BSDs, Windows, and a Linux without /sys.
// Owns: the names. Must not know: counters.
import type { InterfaceClass } from '../kernel/traffic-words.js';
import type { ClassifiedInterface } from './interface-class.js';

const NAMES: readonly (readonly [RegExp, InterfaceClass])[] = [
  [/^lo\d*$|loopback/i, 'loopback'],
  [/^(bridge|br|virbr|docker|lxcbr|cni|vmnet|vboxnet)[-\d]|^docker|^br-/, 'bridge'],
  [/^(bond|lagg|team)\d/, 'bond'],
  [/^vlan\d|\.\d+$/, 'vlan'],
  [/^(utun|gif|stf|ppp|pppoe|ipsec|wg|tun|gre|gretap|sit|ip6tnl|vxlan|tailscale|ng|enc)\d*$/, 'tunnel'],
  // macOS: AirDrop, low-latency Wi-Fi, access point, Thunderbolt peers, host controllers. Linux and the BSDs: pairs and taps.
  [
    /^(awdl|llw|ap|p2p|anpi|XHC|feth|veth|epair|tap|zt|ifb|dummy|macvlan|pflog|pfsync|vnet|vif)[-\d]|^v?veth/i,
    'virtual',
  ],
  [/^vEthernet|virtual|hyper-v|vmware|virtualbox|pseudo/i, 'virtual'],
];

/** Shows bytes of another interface again. */
const COPIES = /^(awdl|llw|pflog|pfsync|enc|ifb|dummy)\d/;

/** NICs of the BSDs and of Windows have the names of their drivers: what is not known to be virtual is physical. */
export function classifyByName(name: string): Pick<ClassifiedInterface, 'class' | 'isCopy' | 'lowers'> {
  const known = NAMES.find(([pattern]) => pattern.test(name));
  return { class: known?.[1] ?? 'physical', lowers: [], ...(COPIES.test(name) ? { isCopy: true } : {}) };
}
