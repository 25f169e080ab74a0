// The one shape of usage in every answer of the API (CONTRACT: REST). Owns its names and the text of sizes; the cost is
// core/src/query/cost.ts.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import type { TrafficCost } from '@kaipo/core/query/cost.js';
import { costFields } from '../history/usage-cost.js';

export interface UsageShape {
  readonly bytes_sent: number;
  readonly bytes_received: number;
  readonly total_bytes: number;
  readonly human_readable: { readonly sent: string; readonly received: string; readonly total: string };
  /** Absent without a rate. */
  readonly cost?: TrafficCost;
}

export interface UsageBytes {
  readonly txBytes: number;
  readonly rxBytes: number;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** 125829120 -> "125.83 MB". Decimal, two digits behind the point; whole bytes below 1 kB. */
export function sizeText(bytes: number): string {
  let unit = 0;
  let amount = bytes;
  while (amount >= 999.995 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? amount : amount.toFixed(2)} ${UNITS[unit]}`;
}

export function usageShape(config: KaipoConfig, bytes: UsageBytes): UsageShape {
  const { txBytes, rxBytes } = bytes;
  return {
    bytes_sent: txBytes,
    bytes_received: rxBytes,
    total_bytes: txBytes + rxBytes,
    human_readable: { sent: sizeText(txBytes), received: sizeText(rxBytes), total: sizeText(txBytes + rxBytes) },
    ...costFields(config, bytes),
  };
}
