// The books of one bucket: bytes by interface, category and reason. Owns their codes in the file.

import type { BookRow } from '../api/interval-record.js';
import { BOOK_CATEGORIES, BOOK_REASONS } from '../kernel/traffic-words.js';
import type { RowBlock } from './row-block.js';

/** A tag is category * 32 + reason; the id is the interface's. */
const REASON_CODES = 32;
const CODE_OF_CATEGORY = new Map(BOOK_CATEGORIES.map((category, code) => [category, code]));
const CODE_OF_REASON = new Map(BOOK_REASONS.map((reason, code) => [reason, code]));

export function bookTag({ category, reason }: BookRow): number {
  return (CODE_OF_CATEGORY.get(category) ?? 0) * REASON_CODES + (CODE_OF_REASON.get(reason) ?? 0);
}

/** What a tag says. */
export function bookEntryOf(tag: number): Pick<BookRow, 'category' | 'reason'> {
  return {
    category: BOOK_CATEGORIES[Math.floor(tag / REASON_CODES)] ?? 'not-captured',
    reason: BOOK_REASONS[tag % REASON_CODES] ?? 'unexplained',
  };
}

export function bookRows(block: RowBlock, nameOf: (interfaceId: number) => string): BookRow[] {
  return Array.from({ length: block.length }, (_, row) => {
    return { interface: nameOf(block.idAt(row)), ...bookEntryOf(block.tagAt(row)), bytes: block.valueOf(0, row) };
  });
}
