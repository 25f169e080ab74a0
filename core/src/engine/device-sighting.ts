// One thing that was told about a device, as a value. Owns: its shape, and making it of bytes. Cold: once for each new thing told.
import { addressText, macText } from '../wire/address-text.js';

export type DeviceSource = 'dhcp' | 'mdns' | 'nbns' | 'discovery' | 'ndp' | 'arp';

/** One thing that was told. At least an address or a hardware address. Texts are safe. */
export interface DeviceSighting {
  readonly tsUs: number;
  readonly from: DeviceSource;
  readonly ip?: string;
  readonly mac?: string;
  readonly name?: string;
  readonly vendor?: string;
}

/** What ARP (version 4) and neighbour discovery (6) tell: the address at `ip` belongs to the hardware address at `mac`. */
export const sightingOf = (
  tsUs: number,
  version: number,
  bytes: Uint8Array,
  ip: number,
  mac: number,
): DeviceSighting => ({
  tsUs,
  from: version === 4 ? 'arp' : 'ndp',
  ip: addressText(bytes, ip, version),
  mac: macText(bytes, mac),
});
