// The number of a part of a row: interface, zone and quality of what moved in it. Owns the packing and its way back.
// Must not know names of interfaces. Bound: the numbers of interfaces are the caller's.
import type { OwnerQuality } from '../api/events.js';
import { ZONES, type Zone } from '../kernel/traffic-words.js';
import { QUALITIES } from '../store/series-block.js';

const ZONE_CODES = 4;
const QUALITY_CODES = 16;

export interface TrafficPart {
  readonly interfaceId: number;
  readonly zone: Zone | undefined;
  readonly quality: OwnerQuality;
}

/** Zone undefined: not known. Quality is of applications only. */
export function partNumber(interfaceId: number, zone: Zone | undefined, quality: OwnerQuality = 'unknown'): number {
  const zoneCode = zone === undefined ? 0 : ZONES.indexOf(zone) + 1;
  return (interfaceId * ZONE_CODES + zoneCode) * QUALITY_CODES + Math.max(0, QUALITIES.indexOf(quality));
}

export function partOfNumber(number: number): TrafficPart {
  const scope = Math.floor(number / QUALITY_CODES);
  return {
    interfaceId: Math.floor(scope / ZONE_CODES),
    zone: ZONES[(scope % ZONE_CODES) - 1],
    quality: QUALITIES[number % QUALITY_CODES] ?? 'unknown',
  };
}
