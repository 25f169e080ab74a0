// Memory that chunks are decoded into one after the other, so that reading a year makes no garbage. Owns arrays that grow.
// Bound: the largest chunk read (MAX_CHUNK_ROWS); one lives as long as the call that reads.

export class ChunkMemory {
  /** By series. */
  ids = new Int32Array(0);
  tags = new Int32Array(0);
  /** By series: its places, [from, to). */
  from = new Int32Array(0);
  to = new Int32Array(0);
  /** By place: which of the buckets that are there, counted from 0. */
  bucketOf = new Uint8Array(0);
  /** Column after column, each of as many values as there are places. */
  values = new Float64Array(0);

  reserveSeries(count: number): void {
    if (this.ids.length >= count) return;
    const size = roomFor(count);
    this.ids = new Int32Array(size);
    this.tags = new Int32Array(size);
    this.from = new Int32Array(size);
    this.to = new Int32Array(size);
  }

  reservePlaces(count: number): void {
    if (this.bucketOf.length < count) this.bucketOf = new Uint8Array(roomFor(count));
  }

  reserveValues(count: number): void {
    if (this.values.length < count) this.values = new Float64Array(roomFor(count));
  }
}

/** A little more: the next chunk is about as large. */
function roomFor(count: number): number {
  return count + (count >> 3);
}
