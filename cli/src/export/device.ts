// Who this device is, in exports that many devices are merged from. Owns the number: the same at every call, different on every
// machine, and not the machine's own number, which is nobody's business (machine-id(5)).
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Device {
  /** A UUID. */
  readonly id: string;
  readonly hostname: string;
  /** `linux`, `darwin`, `win32`. */
  readonly platform: string;
}

export function thisDevice(): Device {
  return { id: deviceId(machineId() ?? hostname()), hostname: hostname(), platform: process.platform };
}

/** RFC 9562, version 8: made of a hash. */
export function deviceId(machine: string): string {
  const bytes = createHmac('sha256', machine).update('kaipo device').digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function machineId(): string | undefined {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
