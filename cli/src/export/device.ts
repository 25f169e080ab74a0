// Who this device is, in exports that many devices are merged from. The store made the number when it was made itself.
import { hostname } from 'node:os';
import type { StoreInfo } from '@kaipo/core/store/store.js';

export interface Device {
  /** A UUID. */
  readonly id: string;
  readonly hostname: string;
  /** `linux`, `darwin`, `win32`. */
  readonly platform: string;
}

/** Of a store that no recorder of this version has opened yet: RFC 9562 calls it the nil UUID. */
const UNKNOWN_ID = '00000000-0000-0000-0000-000000000000';

export function deviceOf({ device }: StoreInfo): Device {
  if (device === undefined) return { id: UNKNOWN_ID, hostname: hostname(), platform: process.platform };
  return { id: device.id, hostname: device.hostname, platform: device.platform };
}
