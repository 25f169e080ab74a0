// Which device has an address: hardware address, vendor and name, as ARP, neighbour discovery, DHCP, mDNS and NetBIOS tell.
// Owns: joining what is told of an address and of a hardware address. Must not know packets. Bound: `capacity` addresses and as many
// hardware addresses; of each the one that was told of longest ago is forgotten first, and counted.
import type { DeviceSighting, DeviceSource } from '../api/events.js';
import type { Mutable } from '../kernel/mutable.js';

export interface Device {
  readonly ip: string;
  readonly mac?: string;
  readonly name?: string;
  readonly vendor?: string;
  readonly firstUs: number;
  readonly lastUs: number;
}

/** Whose word on a name stands when several give one: what a device says of itself to get an address comes first. */
const RANKS: Readonly<Record<DeviceSource, number>> = { dhcp: 6, mdns: 5, nbns: 4, discovery: 3, ndp: 2, arp: 1 };

interface Told {
  mac?: string;
  name?: string;
  nameRank: number;
  vendor?: string;
  /** Who made the card; null: nobody knows. Looked up once. */
  maker?: string | null;
  /** Times it was told of. */
  times: number;
  /** As it was made last, and of what: an address is told of by what is known of its hardware address, too. */
  shown?: Device;
  shownTimes: number;
  shownSame?: Told | undefined;
  firstUs: number;
  lastUs: number;
}

const CAPACITY = 8192;

export class DeviceBook {
  readonly #byIp = new Map<string, Told>();
  readonly #byMac = new Map<string, Told>();
  readonly #capacity: number;
  readonly #vendorOf: (mac: string) => string | undefined;
  /** Addresses and hardware addresses that were forgotten because the book was full. */
  evicted = 0;
  /** Addresses whose hardware address became another one. */
  moved = 0;

  /** `vendorOf`: who made a device, by its hardware address ("00:1a:2b:…"), where nobody has told. */
  constructor(vendorOf: (mac: string) => string | undefined = () => undefined, capacity = CAPACITY) {
    this.#vendorOf = vendorOf;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#byIp.size;
  }

  learn(sighting: DeviceSighting): void {
    const { ip, mac } = sighting;
    // An address that somebody else names, and no more: its own frames will tell.
    if (sighting.role !== undefined && mac === undefined) return;
    if (ip !== undefined) {
      const told = this.#note(this.#byIp, ip, sighting);
      if (mac !== undefined && told.mac !== mac) {
        if (told.mac !== undefined) {
          // Another device has the address now: what was told of the one before is not its own.
          this.moved += 1;
          delete told.name;
          delete told.vendor;
          told.nameRank = 0;
          told.firstUs = sighting.tsUs;
          rename(told, sighting);
        }
        told.mac = mac;
        delete told.maker;
      }
    }
    if (mac !== undefined) this.#note(this.#byMac, mac, sighting);
  }

  /** What is known of the device that has the address; undefined when nothing was told. */
  deviceOf(ip: string): Device | undefined {
    const told = this.#byIp.get(ip);
    return told === undefined ? undefined : this.#device(ip, told);
  }

  /** All addresses, the one told of longest ago first. */
  *devices(): IterableIterator<Device> {
    for (const [ip, told] of this.#byIp) yield this.#device(ip, told);
  }

  /** Flows ask much more often than anything is told. */
  #device(ip: string, told: Told): Device {
    const same = told.mac === undefined ? undefined : this.#byMac.get(told.mac);
    const times = told.times + (same?.times ?? 0);
    if (told.shown === undefined || told.shownTimes !== times || told.shownSame !== same) {
      told.shown = this.#makeDevice(ip, told, same);
      told.shownTimes = times;
      told.shownSame = same;
    }
    return told.shown;
  }

  #makeDevice(ip: string, told: Told, same: Told | undefined): Device {
    const name = (same?.nameRank ?? 0) > told.nameRank ? same?.name : told.name;
    const vendor = told.vendor ?? same?.vendor ?? this.#makerOf(told);
    const device: Mutable<Device> = { ip, firstUs: told.firstUs, lastUs: told.lastUs };
    if (told.mac !== undefined) device.mac = told.mac;
    if (name !== undefined) device.name = name;
    if (vendor !== undefined) device.vendor = vendor;
    return device;
  }

  #makerOf(told: Told): string | undefined {
    if (told.mac === undefined) return undefined;
    if (told.maker === undefined) told.maker = this.#vendorOf(told.mac) ?? null;
    return told.maker ?? undefined;
  }

  /** Moves the entry to the end: who is at the front goes first. */
  #note(map: Map<string, Told>, key: string, sighting: DeviceSighting): Told {
    let told = map.get(key);
    if (told === undefined)
      told = { nameRank: 0, firstUs: sighting.tsUs, lastUs: sighting.tsUs, times: 0, shownTimes: 0 };
    else map.delete(key);
    map.set(key, told);
    if (map.size > this.#capacity) {
      const oldest = map.keys().next().value;
      if (oldest !== undefined) map.delete(oldest);
      this.evicted += 1;
    }
    told.times += 1;
    told.lastUs = Math.max(told.lastUs, sighting.tsUs);
    rename(told, sighting);
    return told;
  }
}

function rename(told: Told, { name, vendor, from }: DeviceSighting): void {
  if (name !== undefined && RANKS[from] >= told.nameRank) {
    told.name = name;
    told.nameRank = RANKS[from];
  }
  if (vendor !== undefined) told.vendor = vendor;
}
