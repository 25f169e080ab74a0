// What carries an interface, from what the kernel says about it in /sys/class/net. Owns: the rules. Must not know: files,
// counters, how often they are asked.
import type { InterfaceClass } from '../kernel/traffic-words.js';

export interface ClassifiedInterface {
  readonly name: string;
  readonly class: InterfaceClass;
  /** The kernel's number of the interface: another number under the same name is another interface. Linux only. */
  readonly ifindex?: number;
  readonly up: boolean;
  /** Only of physical interfaces, bonds and VLANs: what virtual ones say is a placeholder. */
  readonly speedMbit?: number;
  /** Times the link went or came. */
  readonly carrierChanges?: number;
  /** The bridge, bond or other interface it is a port of. */
  readonly master?: string;
  /** Interfaces of this namespace that it lies on: ports of a bridge, the NIC of a VLAN. */
  readonly lowers: readonly string[];
  /** ifindex of the other end of a pair, or of the interface below; perhaps in another namespace. Absent where there is none. */
  readonly linkedIfindex?: number;
  /** A tap: the program behind it may be a virtual machine, a VPN, or the only way out of a rootless container. */
  readonly isTap?: boolean;
  /** Shows bytes a second time, or bytes that go nowhere: ifb, dummy, monitor mode, VRF, AirDrop. */
  readonly isCopy?: boolean;
}

/** What the rules look at. `entries` are the names in the interface's folder. */
export interface LinkDescription {
  readonly name: string;
  /** ARPHRD_* of linux/if_arp.h. */
  readonly type: number;
  /** IFF_* of linux/if.h. */
  readonly flags: number;
  /** DEVTYPE of its uevent. */
  readonly devtype: string | undefined;
  /** IFF_TUN or IFF_TAP of linux/if_tun.h. */
  readonly tunFlags: number;
  readonly hasOwnLink: boolean;
  readonly hasPorts: boolean;
  readonly entries: readonly string[];
}

const ARPHRD_LOOPBACK = 772;
/** ARPHRD_PPP, TUNNEL (ipip, vti), TUNNEL6, SIT, IPGRE, PIMREG, IP6GRE. Drivers other than ppp have no `device` here. */
const TUNNEL_TYPES: ReadonlySet<number> = new Set([512, 768, 769, 776, 778, 779, 823]);
/** ARPHRD_NONE: tun, WireGuard, xfrm; also modems, which have a `device`. */
const ARPHRD_NONE = 65_534;
/** ARPHRD_IEEE80211, _PRISM, _RADIOTAP: an interface in monitor mode repeats what another one carries. */
const MONITOR_TYPES: ReadonlySet<number> = new Set([801, 802, 803, 824, 826]);
const TUNNEL_DEVTYPES: ReadonlySet<string> = new Set(
  'wireguard vxlan geneve gretap ip6gretap erspan ppp gtp bareudp amt macsec l2tpeth ovpn'.split(' '),
);
/** GRE over Ethernet and L2TP carry no mark of their own; these are the names the kernel gives them. */
const TUNNEL_NAMES = /^(ip6)?(gretap|erspan)\d|^l2tpeth\d/;
const COPY_NAMES = /^(ifb|dummy|nlmon|vsockmon)\d/;
const IFF_NOARP = 0x80;
const IFF_BROADCAST = 2;
const TUN_FLAG_TAP = 2;

/** The order of the rules matters: a modem is of a tunnel's type, a bond of Ethernet's. */
export function classifyLink(link: LinkDescription): InterfaceClass {
  const { type, devtype, entries } = link;
  if (type === ARPHRD_LOOPBACK) return 'loopback';
  if (entries.includes('bridge') || entries.includes('mesh')) return 'bridge';
  if (devtype === 'bridge' || devtype === 'openvswitch' || devtype === 'batadv') return 'bridge';
  if (entries.includes('bonding') || devtype === 'bond' || devtype === 'team') return 'bond';
  if (devtype === 'vlan') return 'vlan';
  if (link.tunFlags !== 0) return (link.tunFlags & TUN_FLAG_TAP) !== 0 ? 'virtual' : 'tunnel';
  // The ports of a switch chip share one NIC, which counts their bytes.
  if (devtype === 'dsa' || MONITOR_TYPES.has(type)) return 'virtual';
  if (TUNNEL_TYPES.has(type) || (devtype !== undefined && TUNNEL_DEVTYPES.has(devtype))) return 'tunnel';
  if (entries.includes('device') || devtype === 'wwan') return 'physical';
  if (type === ARPHRD_NONE || TUNNEL_NAMES.test(link.name)) return 'tunnel';
  // A team driver has ports and nothing else that tells it.
  return link.hasPorts && devtype === undefined ? 'bond' : 'virtual';
}

/** Does a virtual interface repeat bytes, or swallow them? */
export function isCopyLink(link: LinkDescription): boolean {
  if (MONITOR_TYPES.has(link.type) || link.devtype === 'vrf' || COPY_NAMES.test(link.name)) return true;
  // ifb and dummy under any name: Ethernet that asks no neighbour, with nothing at the other end.
  const silent = (link.flags & (IFF_NOARP | IFF_BROADCAST)) === (IFF_NOARP | IFF_BROADCAST);
  return (
    link.type === 1 && silent && !link.hasOwnLink && !link.entries.includes('device') && link.devtype === undefined
  );
}
