// One thing that ARP or neighbour discovery told about a device, as a value. Cold: once for each new thing told.
import type { DeviceSighting } from '../api/events.js';
import { addressText, macText } from '../wire/address-text.js';

/** What ARP (version 4) and neighbour discovery (6) tell: the address at `ip` belongs to the hardware address at `mac`. */
export const sightingOf = (
  tsUs: number,
  version: number,
  bytes: Uint8Array,
  ip: number,
  mac: number,
  isRouter: boolean,
): DeviceSighting => ({
  tsUs,
  from: version === 4 ? 'arp' : 'ndp',
  ip: addressText(bytes, ip, version),
  mac: macText(bytes, mac),
  ...(isRouter && { role: 'router' as const }),
});
