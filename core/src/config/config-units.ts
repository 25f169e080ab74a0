// Durations and sizes as people write them, both ways. Owns the units; must not know which key has which.

const UNIT_S: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 365 * 86_400,
};
/** Shortest text first tried last: 86,400 s is "1d". */
const SHOWN_UNITS = ['y', 'w', 'd', 'h', 'm', 's'] as const;
const DURATION = /^(\d{1,13}(?:\.\d{1,6})?)\s*(ms|s|min|m|h|d|w|y)?$/;

const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P'] as const;
const SIZE = /^(\d{1,16}(?:\.\d{1,6})?)\s*(?:([kmgtp]?)(i?)b?)?$/i;

/** Seconds of "30s", "5m", "2h", "30d", "2y" (365 days), "forever" (Infinity) or plain seconds; undefined: not a duration. */
export function parseDuration(value: string | number): number | undefined {
  if (typeof value === 'number') return value >= 0 ? value : undefined;
  const text = value.trim().toLowerCase();
  if (text === 'forever') return Infinity;
  const parts = DURATION.exec(text);
  if (parts === null) return undefined;
  // Thousandths are as fine as anything here; they keep 0.1 + 0.2 out of what is shown.
  return Math.round(Number(parts[1]) * UNIT_S[parts[2] ?? 's']! * 1000) / 1000;
}

/** The shortest text that parseDuration reads as the same. */
export function formatDuration(seconds: number): string {
  if (seconds === Infinity) return 'forever';
  const unit = SHOWN_UNITS.find((candidate) => seconds > 0 && seconds % UNIT_S[candidate]! === 0);
  return unit === undefined ? `${seconds}s` : `${seconds / UNIT_S[unit]!}${unit}`;
}

/** Bytes of "500MB", "2 GB" (decimal), "1GiB" (binary) or plain bytes; undefined: not a size. A part of a byte is dropped. */
export function parseSize(value: string | number): number | undefined {
  if (typeof value === 'number') return value >= 0 && Number.isSafeInteger(value) ? value : undefined;
  const parts = SIZE.exec(value.trim());
  if (parts === null) return undefined;
  const power = DECIMAL.findIndex((prefix) => prefix.toLowerCase() === (parts[2] ?? '').toLowerCase());
  const isBinary = (parts[3] ?? '') !== '';
  if (isBinary && power === 0) return undefined;
  const bytes = Math.floor(Number(parts[1]) * (isBinary ? 1024 : 1000) ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The shortest text that parseSize reads as the same: 500,000,000 is "500MB", 1,500,000,000 "1500MB". */
export function formatSize(bytes: number): string {
  for (let power = DECIMAL.length - 1; power > 0; power -= 1) {
    const unit = 1000 ** power;
    if (bytes >= unit && bytes % unit === 0) return `${bytes / unit}${DECIMAL[power]}B`;
  }
  return `${bytes}B`;
}
