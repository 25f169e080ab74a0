// One interval as blocks, names replaced by ids. Owns the mapping from the recorder's record to the file's columns.
import type { OwnerQuality } from '../api/events.js';
import type { IntervalRecord, NamedSums } from '../api/interval-record.js';
import type { BlockReader, BlockWriter } from './block-access.js';
import { bookTag } from './books-block.js';
import { accumulatorFor, maxRowsOf } from './bucket-block.js';
import type { Dictionary } from './dictionary.js';
import type { RowAccumulator } from './row-accumulator.js';
import type { RowArena } from './row-arena.js';
import type { RowBlock } from './row-block.js';
import { seriesTag } from './series-block.js';
import type { SeriesKind } from './series-kind.js';
import type { BlockKind } from './store-keys.js';
import type { StoreState } from './store-state.js';
import { totalsOfInterval } from './totals-block.js';

type Row = Omit<NamedSums, 'flows'> & Partial<NamedSums>;

export function intervalBlocks(
  interval: IntervalRecord,
  dictionary: Dictionary,
  state: StoreState,
  file: BlockReader & BlockWriter,
  arena: RowArena,
): Map<BlockKind, RowBlock> {
  const totals = accumulatorFor('totals', 1);
  totals.addRow(0, 0, totalsOfInterval(interval));
  const blocks = new Map<BlockKind, RowBlock>([['totals', totals.finish(1, arena)]]);
  const add = (kind: SeriesKind, rows: readonly Row[]): void => {
    if (rows.length === 0) return;
    const block = seriesBlock(kind, rows, dictionary, state, file, arena);
    if (block.length > 0) blocks.set(kind, block);
  };
  add('interface', interval.interfaces);
  add('app', interval.apps);
  add('protocol', interval.protocols);
  add('host', interval.hosts);
  add('unknown', interval.unknown);
  const books = accumulatorFor('books', interval.books.length);
  for (const row of interval.books) {
    if (row.bytes !== 0) {
      books.addRow(dictionary.idOf('interface', { name: row.interface }, state, file), bookTag(row), [row.bytes]);
    }
  }
  if (books.length > 0) blocks.set('books', books.finish(maxRowsOf('books'), arena));
  return blocks;
}

function seriesBlock(
  kind: SeriesKind,
  rows: readonly Row[],
  dictionary: Dictionary,
  state: StoreState,
  file: BlockReader & BlockWriter,
  arena: RowArena,
): RowBlock {
  const sums = accumulatorFor(kind, rows.length);
  // Applications and interfaces have more than a word. Two loops: each sees rows of few shapes, which makes both fast.
  if (kind === 'app' || kind === 'interface') addNamed(sums, kind, rows, dictionary, state, file);
  else addWords(sums, kind, rows, dictionary, state, file);
  return sums.finish(maxRowsOf(kind), arena);
}

function addNamed(
  sums: RowAccumulator,
  kind: SeriesKind,
  rows: readonly (Row & { readonly quality?: OwnerQuality })[],
  dictionary: Dictionary,
  state: StoreState,
  file: BlockReader & BlockWriter,
): void {
  for (const row of rows) {
    const { txBytes, rxBytes, txPackets, rxPackets, flows = 0 } = row;
    if (txBytes + rxBytes + txPackets + rxPackets + flows === 0) continue;
    const id = dictionary.idOf(kind, row, state, file);
    const tag = seriesTag(row.quality, dictionary.scopeId(row, state, file));
    sums.addSeries(id, tag, txBytes, rxBytes, txPackets, rxPackets, flows);
  }
}

function addWords(
  sums: RowAccumulator,
  kind: SeriesKind,
  rows: readonly Row[],
  dictionary: Dictionary,
  state: StoreState,
  file: BlockReader & BlockWriter,
): void {
  const words = dictionary.wordsOf(kind);
  for (const row of rows) {
    const { name, txBytes, rxBytes, txPackets, rxPackets, flows = 0 } = row;
    if (txBytes + rxBytes + txPackets + rxPackets + flows === 0) continue;
    const id = words.get(name) ?? dictionary.idOfWord(kind, name, state, file);
    const tag = seriesTag(undefined, dictionary.scopeId(row, state, file));
    sums.addSeries(id, tag, txBytes, rxBytes, txPackets, rxPackets, flows);
  }
}
