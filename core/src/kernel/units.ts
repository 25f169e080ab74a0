// Numbers for people. Decimal units unless asked otherwise: 1 MB is 1,000,000 bytes, as network equipment and providers count.

/** `si`: 1 kB is 1000 bytes. `iec`: 1 KiB is 1024. */
export type UnitPrefix = 'si' | 'iec';

const UNITS = {
  si: ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'],
  iec: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'],
} as const;

/** 1234 -> "1.23 kB". Three significant digits, never more than 8 characters. */
export function formatBytes(bytes: number, prefix: UnitPrefix = 'si'): string {
  return scaled(bytes, UNITS[prefix], prefix);
}

const BIT_UNITS = {
  si: ['b', 'kb', 'Mb', 'Gb', 'Tb', 'Pb', 'Eb'],
  iec: ['b', 'Kib', 'Mib', 'Gib', 'Tib', 'Pib', 'Eib'],
} as const;

/** Bytes a second as bits a second: 125000 -> "1.00 Mb/s". */
export function formatBitRate(bytesPerSecond: number, prefix: UnitPrefix = 'si'): string {
  return `${scaled(bytesPerSecond * 8, BIT_UNITS[prefix], prefix)}/s`;
}

/** Bytes a second: 1234 -> "1.23 kB/s". */
export function formatByteRate(bytesPerSecond: number, prefix: UnitPrefix = 'si'): string {
  return `${scaled(bytesPerSecond, UNITS[prefix], prefix)}/s`;
}

/** 1234567 -> "1.23 M", for packets and other counts. Below 10,000 the exact number. */
export function formatCount(count: number): string {
  if (count < 10_000) return String(Math.round(count));
  return scaled(count, ['', 'k', 'M', 'G', 'T', 'P', 'E']).trimEnd();
}

function scaled(value: number, units: readonly string[], prefix: UnitPrefix = 'si'): string {
  const factor = prefix === 'si' ? 1000 : 1024;
  let amount = Math.abs(value);
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= factor;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0;
  return `${value < 0 ? '-' : ''}${amount.toFixed(digits)} ${units[unit]}`;
}
