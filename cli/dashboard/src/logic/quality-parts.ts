// How the owner of bytes is known, in words for people. Owns the short names and which of them are certain; the sentences are the core's.
import { QUALITY_WORDS } from '@kaipo/core/query/quality-words.js';

const NAMES: Readonly<Record<string, string>> = {
  event: 'seen by the kernel',
  'proc-snapshot': 'open socket',
  listener: 'listening port',
  inherited: 'inherited socket',
  'nat-joined': 'through translation',
  inferred: 'guessed',
  kernel: 'the kernel itself',
  forwarded: 'forwarded',
  unknown: 'unknown',
};

export interface QualityPart {
  readonly label: string;
  readonly hint: string;
  readonly bytes: number;
}

/** Largest first. A word of a newer recorder is shown as it is. */
export function qualityParts(quality: Readonly<Record<string, number>> = {}): QualityPart[] {
  return Object.entries(quality)
    .filter(([, bytes]) => bytes > 0)
    .sort(([, left], [, right]) => right - left)
    .map(([word, bytes]) => ({
      label: NAMES[word] ?? word,
      hint: (QUALITY_WORDS as Readonly<Record<string, string>>)[word] ?? '',
      bytes,
    }));
}

/** The way most of it is known, for a cell: `seen by the kernel`, `guessed, partly`. */
export function mainQuality(quality: Readonly<Record<string, number>> | undefined): string | undefined {
  const [main, ...others] = qualityParts(quality);
  if (main === undefined) return undefined;
  return others.length === 0 ? main.label : `${main.label}, mostly`;
}

/** One sum of several rows. */
export function qualitySum(
  rows: readonly { readonly quality?: Readonly<Record<string, number>> }[],
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const { quality = {} } of rows) {
    for (const [word, bytes] of Object.entries(quality)) sum[word] = (sum[word] ?? 0) + bytes;
  }
  return sum;
}
