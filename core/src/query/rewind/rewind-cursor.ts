// A place in the past, and the ways to move it. Owns where a move leads; it never leads beyond what is recorded. Must not know
// screens or words for time. Bound: one span; every move asks the store anew, so what was recorded meanwhile is there.
import type { StoreReader, StoreView } from '../../store/store.js';
import type { LiveSnapshot } from '../live-snapshot.js';
import { type Direction, notableMoment } from './notable-moment.js';
import { type PastSample, samplesUntil } from './past-samples.js';
import { type PastSpan, recordedRange, spanAt, US_PER_S } from './past-span.js';
import { type PictureOptions, pictureOf } from './picture-at.js';

export type { Direction } from './notable-moment.js';
export type { PastSample } from './past-samples.js';

export interface RewindOptions extends PictureOptions {
  /** How wide the graph of the throughput is. */
  readonly samples?: number;
}

export interface RewindPicture {
  readonly snapshot: LiveSnapshot;
  /** The throughput until the end of the picture, oldest first, in steps of its resolution. */
  readonly samples: readonly PastSample[];
  /** The move was stopped: by the begin or the end of what is recorded, or because nothing of what was looked for is there. */
  readonly stop?: 'oldest' | 'newest' | 'none-found';
}

const SAMPLES = 240;

export class RewindCursor {
  readonly #store: StoreReader;
  readonly #options: RewindOptions;
  #span: { readonly fromUs: number; readonly toUs: number } | undefined;

  constructor(store: StoreReader, options: RewindOptions = {}) {
    this.#store = store;
    this.#options = options;
  }

  /** The picture that contains the moment; undefined when nothing is recorded at all. */
  at(atUs: number, samples?: number): RewindPicture | undefined {
    return this.#move((view) => clamped(view, atUs), samples);
  }

  /**
   * By pictures, or by as many times the length of the picture at hand: `step(-1)` is the one before, whatever its length, and a gap
   * is one picture; `step(-60)` from a second is a minute earlier. Without a place yet, from behind the newest.
   */
  step(count: number, samples?: number): RewindPicture | undefined {
    return this.#move((view) => {
      const here = this.#here(view);
      const nextUs = count > 0 ? here.toUs : here.fromUs - 1;
      if (count === 0) return { atUs: here.fromUs };
      if (Math.abs(count) === 1) return clamped(view, nextUs);
      const lengthUs = (here.bucket?.resolutionS ?? view.finestResolutionS(here.fromUs)) * US_PER_S;
      const farUs = here.fromUs + count * lengthUs;
      return clamped(view, count > 0 ? Math.max(nextUs, farUs) : Math.min(nextUs, farUs));
    }, samples);
  }

  /** To where packets were lost or a gap begins. Stays where it is when there is none. */
  notable(direction: Direction, samples?: number): RewindPicture | undefined {
    return this.#move((view) => {
      const here = this.#here(view);
      const found = notableMoment(view, direction === 'next' ? here.toUs : here.fromUs, direction);
      return found === undefined ? { ...clamped(view, here.fromUs), stop: 'none-found' } : { atUs: found };
    }, samples);
  }

  /** The newest recorded interval. */
  now(samples?: number): RewindPicture | undefined {
    return this.#move((view) => ({ atUs: (recordedRange(view)?.toUs ?? 1) - 1 }), samples);
  }

  /** Forgets the place: the next step back leads to the newest. */
  leave(): void {
    this.#span = undefined;
  }

  /** Of a store that is not empty. */
  #here(view: StoreView): PastSpan {
    if (this.#span !== undefined) return spanAt(view, this.#span.fromUs);
    const endUs = recordedRange(view)?.toUs ?? 0;
    return { fromUs: endUs, toUs: endUs };
  }

  #move(
    where: (view: StoreView) => { readonly atUs: number; readonly stop?: RewindPicture['stop'] },
    samples = this.#options.samples ?? SAMPLES,
  ): RewindPicture | undefined {
    return this.#store.view((view) => {
      if (recordedRange(view) === undefined) return undefined;
      const { atUs, stop } = where(view);
      const span = spanAt(view, atUs);
      this.#span = { fromUs: span.fromUs, toUs: span.toUs };
      const snapshot = pictureOf(view, span, this.#options);
      return { snapshot, samples: graph(view, span, snapshot, samples), ...(stop !== undefined && { stop }) };
    });
  }
}

function clamped(view: StoreView, atUs: number): { readonly atUs: number; readonly stop?: 'oldest' | 'newest' } {
  const recorded = recordedRange(view);
  if (recorded === undefined) return { atUs };
  if (atUs < recorded.fromUs) return { atUs: recorded.fromUs, stop: 'oldest' };
  if (atUs >= recorded.toUs) return { atUs: recorded.toUs - 1, stop: 'newest' };
  return { atUs };
}

/** Of the interfaces a live graph sums: the captured ones, else all that are shown but loopback. */
function graph(view: StoreView, { fromUs, toUs, bucket }: PastSpan, { interfaces }: LiveSnapshot, count: number) {
  if (bucket === undefined) {
    const stepS = view.finestResolutionS(fromUs);
    return samplesUntil(view, { untilUs: Math.floor((toUs - 1) / US_PER_S) * US_PER_S, stepS, count });
  }
  const captured = interfaces.filter((row) => row.captured);
  const real = interfaces.filter((row) => row.name !== 'lo');
  const watched = captured.length > 0 ? captured : real.length > 0 ? real : interfaces;
  const names = new Set(watched.map(({ name }) => name));
  return samplesUntil(view, { untilUs: bucket.startUs, stepS: bucket.resolutionS, count, interfaces: names });
}
