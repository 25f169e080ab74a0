// One page of the kernel's trace ring, record by record (kernel/trace/ring_buffer.c; Documentation/trace/ring-buffer-map.rst).
// Owns: the layout of a page. Must not know what a record means. Bound: never reads outside the page; a page that contradicts itself
// ends where it does so, and `isDamaged` says it.
//
//   u64 time of the page in ns | u64 commit: low 20 bits = bytes of data | data
//   record: u32 {type_len: 5, time_delta: 27}
//     0      u32 length (itself included), then the payload           1..28  4 x type_len bytes of payload
//     29     padding: u32 length follows; a delta of 0 ends the page   30     time goes on by delta + (u32 << 27)
//     31     the time is delta + (u32 << 27) (bits above bit 58 are those of before)
const HEADER_BYTES = 16;
const COMMIT_MASK = 0xfffff;
const PADDING = 29;
const TIME_EXTEND = 30;
const TIME_STAMP = 31;
const DELTA_RANGE = 0x8000000;
const LOW_59_BITS = 2 ** 59;

export class RingPage {
  readonly view: DataView;
  /** Of the record at hand: start and end of its payload, and its time in nanoseconds (exact up to 104 days of uptime, then to 2). */
  at = 0;
  end = 0;
  timeNs = 0;
  isDamaged = false;
  #next = HEADER_BYTES;
  readonly #end: number;

  /** The whole page: a copy that nobody changes while it is read. */
  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.byteLength < HEADER_BYTES) {
      this.#end = this.#next;
      this.isDamaged = true;
      return;
    }
    this.timeNs = this.view.getUint32(4, true) * 0x1_0000_0000 + this.view.getUint32(0, true);
    const committed = HEADER_BYTES + (this.view.getUint32(8, true) & COMMIT_MASK);
    this.isDamaged = committed > bytes.byteLength;
    this.#end = Math.min(committed, bytes.byteLength);
  }

  /** Goes to the next record with a payload; false: there is none. */
  next(): boolean {
    while (this.#next + 4 <= this.#end) {
      const head = this.view.getUint32(this.#next, true);
      const kind = head & 31;
      const delta = head >>> 5;
      let payload = this.#next + 4;
      if (kind >= PADDING) {
        if (payload + 4 > this.#end) return this.#damaged();
        const word = this.view.getUint32(payload, true);
        if (kind === TIME_EXTEND) this.timeNs += delta + word * DELTA_RANGE;
        else if (kind === TIME_STAMP) this.timeNs = this.#absolute(delta + word * DELTA_RANGE);
        else if (delta === 0) return false;
        else {
          this.timeNs += delta;
          if (word === 0) return this.#damaged();
          payload += word - 4;
        }
        this.#next = payload + 4;
        continue;
      }
      this.timeNs += delta;
      let bytes = kind * 4;
      if (kind === 0) {
        if (payload + 4 > this.#end) return this.#damaged();
        bytes = this.view.getUint32(payload, true) - 4;
        payload += 4;
      }
      // Lengths in the stream are whole words.
      const end = payload + bytes;
      if (bytes < 0 || end > this.#end) return this.#damaged();
      this.at = payload;
      this.end = end;
      this.#next = (end + 3) & ~3;
      return true;
    }
    return false;
  }

  #absolute(low: number): number {
    return Math.floor(this.timeNs / LOW_59_BITS) * LOW_59_BITS + low;
  }

  #damaged(): false {
    this.isDamaged = true;
    this.#next = this.#end;
    return false;
  }
}
