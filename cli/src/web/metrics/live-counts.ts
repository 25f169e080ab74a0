// Sums of the live intervals since the first scrape, as counters. Owns that no interval is counted twice, whoever measured it. What moved
// while nobody scraped is not in them: interfaces are the kernel's own counters, and have it. Must not know HTTP.
// Bound: SLOTS applications and protocols, the zones and entries there are.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { LivePicture } from '../live-picture.js';
import type { MetricName } from './metric-list.js';
import { MAX_LABEL, type MetricSample, sample } from './metric-sample.js';
import { SlotSums } from './slot-sums.js';

const SLOTS = 64;

export class LiveCounts {
  readonly #apps = new SlotSums(SLOTS);
  readonly #protocols = new SlotSums(SLOTS);
  readonly #zones = new SlotSums(SLOTS);
  readonly #books = { kernel: 0, attributed: 0, unknown: 0, not_captured: 0 };
  #inFlightBytes = 0;
  readonly #capture = { received: 0, kernel: 0, helper: 0 };
  #countedUntilUs = 0;

  add({ snapshot }: LivePicture): void {
    // Whoever attaches to a recorder is sent its latest interval, which may have been counted, by it or by the own session.
    if (snapshot.tsUs - snapshot.intervalUs / 2 < this.#countedUntilUs) return;
    this.#countedUntilUs = snapshot.tsUs;
    for (const row of snapshot.apps) if (hasMoved(row)) this.#apps.add(safeText(row.app, MAX_LABEL), row);
    for (const row of snapshot.protocols) if (hasMoved(row)) this.#protocols.add(safeText(row.name, MAX_LABEL), row);
    for (const row of snapshot.hosts) if (row.zone !== undefined && hasMoved(row)) this.#zones.add(row.zone, row);
    const { books, capture } = snapshot;
    this.#books.kernel += books.kernelBytes;
    this.#books.attributed += books.attributedBytes;
    this.#books.unknown += books.unknownBytes;
    this.#books.not_captured += books.notCapturedBytes;
    this.#inFlightBytes += books.inFlightBytes;
    this.#capture.received += capture.received;
    this.#capture.kernel += capture.droppedByKernel;
    this.#capture.helper += capture.droppedByHelper;
  }

  samples(): MetricSample[] {
    return [
      ...bySlot('kaipo_application_bytes_total', 'app', this.#apps),
      ...bySlot('kaipo_protocol_bytes_total', 'protocol', this.#protocols),
      ...bySlot('kaipo_zone_bytes_total', 'zone', this.#zones),
      ...Object.entries(this.#books).map(([entry, bytes]) => sample('kaipo_books_bytes_total', bytes, { entry })),
      sample('kaipo_books_in_flight_bytes', this.#inFlightBytes),
      sample('kaipo_capture_packets_total', this.#capture.received),
      ...(['kernel', 'helper'] as const).map((where) =>
        sample('kaipo_capture_dropped_packets_total', this.#capture[where], { where }),
      ),
    ];
  }
}

const hasMoved = ({ txBytes, rxBytes }: { readonly txBytes: number; readonly rxBytes: number }): boolean =>
  txBytes > 0 || rxBytes > 0;

function bySlot(metric: MetricName, label: string, sums: SlotSums): MetricSample[] {
  return [...sums.entries()].flatMap(([name, { txBytes, rxBytes }]) => [
    sample(metric, txBytes, { [label]: name, direction: 'transmit' }),
    sample(metric, rxBytes, { [label]: name, direction: 'receive' }),
  ]);
}
