// One interval as blocks, names replaced by ids. Owns the mapping from the recorder's record to the file's columns.
import type { BlockReader, BlockWriter } from './block-access.js';
import type { BucketBlock } from './bucket-block.js';
import type { Dictionary } from './dictionary.js';
import type { IntervalRecord, NamedSums } from './interval-record.js';
import { rowKey, SeriesBlock } from './series-block.js';
import type { SeriesKind } from './series-kind.js';
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
      const key = rowKey(dictionary.idOf(kind, row, state, file), quality);
      block.addRow(key, row.txBytes, row.rxBytes, row.txPackets, row.rxPackets, row.flows ?? 0);
    }
    if (block.length > 0) blocks.set(kind, block);
  };
  add('interface', interval.interfaces);
  add('app', interval.apps);
  add('protocol', interval.protocols);
  add('host', interval.hosts);
  return blocks;
}
