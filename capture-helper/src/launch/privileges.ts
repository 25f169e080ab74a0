// What this process may do, as the kernel says it. Owns: reading /proc/self/status; nothing here changes a privilege.
import { readFileSync } from 'node:fs';

const CAP_SETPCAP = 8n;
const CAP_NET_RAW = 13n;

export interface ProcessPrivileges {
  readonly euid: number;
  /** Can a program this process starts open a packet socket? Root with CAP_NET_RAW, or an ambient CAP_NET_RAW. */
  readonly canGiveNetRaw: boolean;
  /** May it shrink the bounding set of what it starts (CAP_SETPCAP)? */
  readonly canDropBounding: boolean;
  /** With no_new_privs, file capabilities of a program are ignored. */
  readonly noNewPrivs: boolean;
}

/** Text of one field of /proc/PID/status, without its name and white space; '' when it is not there. */
export function statusField(status: string, name: string): string {
  const match = new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status);
  return match?.[1]?.trim() ?? '';
}

/** Is the capability number `bit` in a hexadecimal mask as /proc shows it? See capability.h for the numbers. */
export function hasCapability(mask: string, bit: bigint): boolean {
  return /^[0-9a-f]+$/i.test(mask) && ((BigInt(`0x${mask}`) >> bit) & 1n) === 1n;
}

/** Privileges of this process now. Where there is no /proc (macOS) only root counts. */
export function readPrivileges(): ProcessPrivileges {
  const euid = process.geteuid?.() ?? -1;
  let status: string;
  try {
    status = readFileSync('/proc/self/status', 'latin1');
  } catch {
    return { euid, canGiveNetRaw: euid === 0, canDropBounding: false, noNewPrivs: false };
  }
  const effective = statusField(status, 'CapEff');
  const ambient = statusField(status, 'CapAmb');
  return {
    euid,
    canGiveNetRaw: (euid === 0 && hasCapability(effective, CAP_NET_RAW)) || hasCapability(ambient, CAP_NET_RAW),
    canDropBounding: hasCapability(effective, CAP_SETPCAP),
    noNewPrivs: statusField(status, 'NoNewPrivs') === '1',
  };
}
