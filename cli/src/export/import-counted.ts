// Which interfaces of an imported file add to the totals: a byte that passes a VPN, a bridge and a NIC is one byte. Other trackers
// write names and nothing else, so the names of Linux and macOS decide. Must not know the store.

/** Loopback, container networks, bridges, bonds, VLANs and tunnels, by the names their makers give them. */
const CARRIED_BY_ANOTHER =
  /^(lo\d*|(docker|cni|bond|team|bridge|virbr|vmnet|vmenet|gif|stf|ipsec|utun|tun|tap|wg|tailscale|nordlynx|sit)\d*|(br-|veth|flannel|cali|zt|wg-|proton).*|.+\.\d{1,4})$/;

/** Every name when none of them is a link of its own: something must carry the bytes. */
export function countedNames(names: readonly string[]): ReadonlySet<string> {
  const links = names.filter((name) => !CARRIED_BY_ANOTHER.test(name));
  return new Set(links.length > 0 ? links : names);
}
