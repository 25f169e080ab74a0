// One interval as blocks, names replaced by ids. Owns the mapping from the recorder's record to the file's columns.
import type { BlockReader, BlockWriter } from './block-access.js';
import { BooksBlock } from './books-block.js';
import type { BucketBlock } from './bucket-block.js';
import type { Dictionary } from './dictionary.js';
import type { IntervalRecord, NamedSums, Scope } from './interval-record.js';
import { scopeName } from './scope-name.js';
import { rowKey, SeriesBlock } from './series-block.js';
import type { SeriesKind, SeriesName } from './series-kind.js';
import type { BlockKind } from './store-keys.js';
import type { StoreState } from './store-state.js';
import { TotalsBlock } from './totals-block.js';

export function intervalBlocks(
  interval: IntervalRecord,
  dictionary: Dictionary,
  state: StoreState,
  file: BlockReader & BlockWriter,
): Map<BlockKind, BucketBlock> {
  const blocks = new Map<BlockKind, BucketBlock>([['totals', TotalsBlock.fromInterval(interval)]]);
  const add = (kind: SeriesKind, rows: readonly (Omit<NamedSums, 'flows'> & Partial<NamedSums>)[]): void => {
    const block = new SeriesBlock();
    for (const row of rows) {
      if (row.txBytes + row.rxBytes + row.txPackets + row.rxPackets + (row.flows ?? 0) === 0) continue;
      const quality = 'quality' in row ? (row as { quality: 'event' }).quality : undefined;
      const scope = scopeId(row, dictionary, state, file);
      const key = rowKey(dictionary.idOf(kind, nameOf(kind, row), state, file), quality, scope);
      block.addRow(key, row.txBytes, row.rxBytes, row.txPackets, row.rxPackets, row.flows ?? 0);
    }
    if (block.length > 0) blocks.set(kind, block);
  };
  add('interface', interval.interfaces);
  add('app', interval.apps);
  add('protocol', interval.protocols);
  add('host', interval.hosts);
  add('unknown', interval.unknown);
  const books = new BooksBlock();
  for (const row of interval.books) {
    if (row.bytes !== 0) books.addRow(dictionary.idOf('interface', { name: row.interface }, state, file), row);
  }
  if (!books.isEmpty) blocks.set('books', books);
  return blocks;
}

/** What of a row is its name: applications and interfaces have more than a word. */
function nameOf(kind: SeriesKind, row: SeriesName): SeriesName {
  return kind === 'app' || kind === 'interface' ? row : { name: row.name };
}

function scopeId(row: Scope, dictionary: Dictionary, state: StoreState, file: BlockReader & BlockWriter): number {
  if (row.interface === undefined && row.zone === undefined) return 0;
  return dictionary.idOf('scope', { name: scopeName(row) }, state, file);
}
