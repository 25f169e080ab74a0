// The books of an interface as parts of a bar and lines of an account. Owns which part has which tone; the words are the command line's.
// Must not know how it is drawn.
import { type AuditEntry, entriesOf, REASON_SENTENCES } from '@kaipo/cli/history/audit-entries.js';
import type { BooksSums } from '@kaipo/core/query/history-answers.js';
import { shareText } from '../logic/share-text.js';

export type BookTone = 'attributed' | 'unknown' | 'not-captured' | 'in-flight' | 'missing';

export interface BookLine {
  readonly title: string;
  readonly bytes: number;
  /** What it means, where that needs a sentence. */
  readonly sentence?: string;
  /** Of the part of the bar it is; absent for sums and for what is outside the books. */
  readonly tone?: BookTone;
  readonly isSum: boolean;
}

const TONES: ReadonlySet<string> = new Set<BookTone>(['attributed', 'unknown', 'not-captured', 'in-flight', 'missing']);

/** From what the kernel counted down to what is left over. */
export function bookLines(sums: BooksSums): BookLine[] {
  return entriesOf(sums).map(({ category, reason, title, bytes }: AuditEntry) => ({
    title: title.charAt(0).toUpperCase() + title.slice(1),
    bytes,
    isSum: category === 'kernel' || category === 'residual',
    ...(reason !== undefined && { sentence: REASON_SENTENCES[reason] }),
    ...(isTone(category) && { tone: category }),
  }));
}

const isTone = (category: string): category is BookTone => TONES.has(category);

/** What of the lines is drawn: in flight may be less than nothing, and is then only told. */
export function bookParts(lines: readonly BookLine[]): readonly (BookLine & { readonly tone: BookTone })[] {
  return lines.filter(
    (line): line is BookLine & { readonly tone: BookTone } => line.tone !== undefined && line.bytes > 0,
  );
}

/** In a sentence, for those who look at nothing else. */
export function bookSentence(sums: BooksSums): string {
  const { kernelBytes, attributedBytes, unknownBytes, notCapturedBytes } = sums;
  const parts = [
    [attributedBytes, 'belongs to applications'],
    [unknownBytes, 'is unknown'],
    [notCapturedBytes, 'was not captured'],
  ] as const;
  const told = parts.filter(([bytes]) => bytes > 0).map(([bytes, what]) => `${shareText(bytes, kernelBytes)} ${what}`);
  return told.length < 2 ? told.join('') : `${told.slice(0, -1).join(', ')} and ${told.at(-1)}`;
}
