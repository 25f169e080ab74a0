// Interfaces as /sys/class/net has them, read anew each time. Owns: which files are read and what they mean. Must not know: counters. Reading `speed` asks the
// driver and takes the kernel's network lock, so only interfaces that have a meaningful one are asked.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { InterfaceClass } from '../kernel/traffic-words.js';
import { type ClassifiedInterface, classifyLink, isCopyLink } from './interface-class.js';

/** IFF_UP of linux/if.h. */
const IFF_UP = 1;
const TUN_KIND = 3;
const TUN_FLAG_TAP = 2;
const LOWER = 'lower_';
const HAS_SPEED: ReadonlySet<InterfaceClass> = new Set(['physical', 'bond', 'vlan']);

/**
 * Every interface of this network namespace, in the order of their names. Linux; elsewhere, and without /sys, the list is empty.
 * Source: Documentation/ABI/testing/sysfs-class-net of the kernel.
 */
export function classifyInterfaces(sysClassNet = '/sys/class/net'): ClassifiedInterface[] {
  let names: string[];
  try {
    // `bonding_masters` is a file.
    names = readdirSync(sysClassNet, { withFileTypes: true })
      .filter((entry) => !entry.isFile())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
  return names.sort().flatMap((name) => readLinkFacts(sysClassNet, name, readFixedFacts(sysClassNet, name)) ?? []);
}

/** What stays as it is while the device exists. */
export interface FixedFacts {
  readonly ifindex: number | undefined;
  readonly type: number;
  readonly devtype: string | undefined;
  readonly tunFlags: number;
}

export function readFixedFacts(sysClassNet: string, name: string): FixedFacts {
  const directory = `${sysClassNet}/${name}`;
  return {
    ifindex: readNumber(`${directory}/ifindex`),
    type: readNumber(`${directory}/type`) ?? 0,
    devtype: /^DEVTYPE=(\S+)$/m.exec(readWord(`${directory}/uevent`) ?? '')?.[1],
    tunFlags: (readNumber(`${directory}/tun_flags`) ?? 0) & TUN_KIND,
  };
}

/**
 * Undefined: there is no such interface, or no longer.
 * @param before what was known of the same device: the speed of a NIC is asked for again when its link went or came.
 */
export function readLinkFacts(
  sysClassNet: string,
  name: string,
  fixed: FixedFacts,
  before?: ClassifiedInterface,
): ClassifiedInterface | undefined {
  const { ifindex, type, devtype, tunFlags } = fixed;
  const directory = `${sysClassNet}/${name}`;
  let entries: string[];
  try {
    entries = readdirSync(directory);
  } catch {
    return undefined;
  }
  const iflink = readNumber(`${directory}/iflink`);
  const flags = readNumber(`${directory}/flags`) ?? 0;
  const lowers = entries.filter((entry) => entry.startsWith(LOWER)).map((entry) => entry.slice(LOWER.length));
  const description = {
    name,
    type,
    flags,
    devtype,
    tunFlags,
    hasOwnLink: iflink !== undefined && iflink !== ifindex,
    hasPorts: lowers.some((lower) => linkName(`${sysClassNet}/${lower}/master`) === name),
    entries,
  };
  const master = entries.includes('master') ? linkName(`${directory}/master`) : undefined;
  const carrierChanges = readNumber(`${directory}/carrier_changes`);
  const itsClass = classifyLink(description);
  const isSettled =
    itsClass === 'physical' && before?.speedMbit !== undefined && before.carrierChanges === carrierChanges;
  const speed = isSettled ? before.speedMbit : HAS_SPEED.has(itsClass) ? readNumber(`${directory}/speed`) : undefined;
  return {
    name,
    class: itsClass,
    up: isUp(flags, readWord(`${directory}/operstate`)),
    lowers,
    ...(ifindex === undefined ? {} : { ifindex }),
    ...(speed !== undefined && speed > 0 ? { speedMbit: speed } : {}),
    ...(carrierChanges === undefined ? {} : { carrierChanges }),
    ...(master === undefined ? {} : { master }),
    ...(description.hasOwnLink && iflink !== undefined && iflink > 0 ? { linkedIfindex: iflink } : {}),
    ...((tunFlags & TUN_FLAG_TAP) !== 0 ? { isTap: true } : {}),
    ...(isCopyLink(description) ? { isCopy: true } : {}),
  };
}

/** Loopback and tunnels say "unknown" while they work. */
const isUp = (flags: number, operstate = 'unknown'): boolean =>
  (flags & IFF_UP) !== 0 && (operstate === 'up' || operstate === 'unknown');

function readNumber(path: string): number | undefined {
  const word = readWord(path);
  const value = word === undefined || word === '' ? Number.NaN : Number(word);
  return Number.isFinite(value) ? value : undefined;
}

/** Some files cannot be read at some times: `speed` of an interface that is down is EINVAL. */
function readWord(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return undefined;
  }
}

function linkName(path: string): string | undefined {
  try {
    return basename(readlinkSync(path));
  } catch {
    return undefined;
  }
}
