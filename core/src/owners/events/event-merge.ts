// Pages of all CPUs as one sequence in time. Owns: pages that wait until every CPU has told up to a moment. Must not know what
// a record means. Bound: MAX_WAITING_BYTES; beyond them the oldest is read at once, out of order, and counted.
import { RingPage } from './ring-page.js';

const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** What a page costs besides its bytes. */
const PAGE_OBJECT_BYTES = 512;

/** Takes the record at page.at..page.end; `timeUs` on the kernel's monotonic clock. */
export type RecordHandler = (page: RingPage, timeUs: number) => void;

interface CpuPages {
  /** The page being read, its record at hand not yet handed out. */
  page: RingPage | undefined;
  waiting: RingPage[];
}

export class EventMerge {
  pages = 0;
  records = 0;
  damagedPages = 0;
  /** Pages read out of order because too many waited. */
  hurriedPages = 0;
  readonly #handle: RecordHandler;
  readonly #cpus: CpuPages[] = [];
  #waitingBytes = 0;

  constructor(handle: RecordHandler) {
    this.#handle = handle;
  }

  /** A page of one CPU, in the order the kernel wrote them. The bytes are copied. */
  add(cpu: number, bytes: Uint8Array): void {
    this.#cpus[cpu] ??= { page: undefined, waiting: [] };
    this.#cpus[cpu].waiting.push(new RingPage(bytes.slice()));
    this.pages += 1;
    this.#waitingBytes += bytes.length + PAGE_OBJECT_BYTES;
    if (this.#waitingBytes <= MAX_WAITING_BYTES) return;
    this.hurriedPages += 1;
    this.takeUntil(Number.POSITIVE_INFINITY);
  }

  /** Hands out every record before `untilNs`, oldest first. */
  takeUntil(untilNs: number): void {
    for (;;) {
      let first: CpuPages | undefined;
      let firstNs = untilNs;
      let secondNs = untilNs;
      for (const cpu of this.#cpus) {
        if (cpu === undefined || !this.#ready(cpu)) continue;
        const timeNs = cpu.page!.timeNs;
        if (timeNs < firstNs) {
          secondNs = firstNs;
          firstNs = timeNs;
          first = cpu;
        } else if (timeNs < secondNs) {
          secondNs = timeNs;
        }
      }
      if (first === undefined) return;
      this.#drain(first, secondNs);
    }
  }

  /** A new helper: what is left of the old one is told as it is. */
  end(): void {
    this.takeUntil(Number.POSITIVE_INFINITY);
    this.#cpus.length = 0;
  }

  /** All records of a CPU that come before the next one of another. */
  #drain(cpu: CpuPages, untilNs: number): void {
    let page = cpu.page!;
    do {
      this.records += 1;
      this.#handle(page, page.timeNs / 1000);
      if (!page.next()) {
        this.#done(cpu);
        if (!this.#ready(cpu)) return;
        page = cpu.page!;
      }
    } while (page.timeNs < untilNs);
  }

  /** Has this CPU a record at hand? */
  #ready(cpu: CpuPages): boolean {
    while (cpu.page === undefined) {
      const page = cpu.waiting.shift();
      if (page === undefined) return false;
      cpu.page = page;
      if (!page.next()) this.#done(cpu);
    }
    return true;
  }

  #done(cpu: CpuPages): void {
    if (cpu.page?.isDamaged === true) this.damagedPages += 1;
    this.#waitingBytes -= (cpu.page?.view.byteLength ?? 0) + PAGE_OBJECT_BYTES;
    cpu.page = undefined;
  }
}
