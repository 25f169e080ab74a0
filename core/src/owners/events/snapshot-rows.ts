// What the helper saw of processes before it gave its privileges up (capture-helper/PROTOCOL.md, CUSTOM_PROCESSES). Owns: the layout.
// Bound: the block's length; a row that does not fit ends the block.

export interface SnapshotRow {
  readonly pid: number;
  /** Inode of its network namespace; 0: not known. */
  readonly net: number;
  /** /proc/PID/stat, field 22. */
  readonly startTicks: number;
  readonly exe: string | undefined;
  /** Of its sockets; a process with many comes in several rows. */
  readonly socketInodes: readonly number[];
}

const HEAD_BYTES = 24;
const decoder = new TextDecoder();

export function parseSnapshotRows(bytes: Uint8Array): SnapshotRow[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rows: SnapshotRow[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const exeBytes = view.getUint32(at + 16, true);
    const count = view.getUint32(at + 20, true);
    const exeAt = at + HEAD_BYTES;
    const inodesAt = exeAt + Math.ceil(exeBytes / 8) * 8;
    const end = inodesAt + count * 8;
    if (end > bytes.length) break;
    const socketInodes: number[] = [];
    for (let i = 0; i < count; i++) socketInodes.push(readU64(view, inodesAt + i * 8));
    const exe = decoder.decode(bytes.subarray(exeAt, exeAt + exeBytes)).replace(/ \(deleted\)$/, '');
    rows.push({
      pid: view.getUint32(at, true),
      net: view.getUint32(at + 4, true),
      startTicks: readU64(view, at + 8),
      exe: exe === '' ? undefined : exe,
      socketInodes,
    });
    at = end;
  }
  return rows;
}

const readU64 = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
