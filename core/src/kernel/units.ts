// Numbers for people. Decimal units: 1 MB is 1,000,000 bytes, as network equipment and providers count.

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** 1234 -> "1.23 kB". Three significant digits, never more than 8 characters. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, UNITS);
}

const BIT_UNITS = ['b', 'kb', 'Mb', 'Gb', 'Tb', 'Pb', 'Eb'] as const;

/** Bytes a second as bits a second: 125000 -> "1.00 Mb/s". */
export function formatBitRate(bytesPerSecond: number): string {
  return `${scaled(bytesPerSecond * 8, BIT_UNITS)}/s`;
}

/** Bytes a second: 1234 -> "1.23 kB/s". */
export function formatByteRate(bytesPerSecond: number): string {
  return `${scaled(bytesPerSecond, UNITS)}/s`;
}

/** 1234567 -> "1.23 M", for packets and other counts. Below 10,000 the exact number. */
export function formatCount(count: number): string {
  if (count < 10_000) return String(Math.round(count));
  return scaled(count, ['', 'k', 'M', 'G', 'T', 'P', 'E']).trimEnd();
}

function scaled(value: number, units: readonly string[]): string {
  let amount = Math.abs(value);
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0;
  return `${value < 0 ? '-' : ''}${amount.toFixed(digits)} ${units[unit]}`;
}
