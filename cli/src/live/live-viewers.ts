// Who looks at a live run, and what each of them wants to see of it: how many rows, and the details of which one. Owns: what was last
// known of a row that is watched, also when it has ended. Must not know screens or sockets. Bound: as many as were added and not closed.
import type { FlowEnded } from '@kaipo/core/api/index.js';
import { FEW_ROWS, type ListBounds, MANY_ROWS } from '@kaipo/core/query/list-bounds.js';
import type { LiveDetails, LiveSubject } from '@kaipo/core/query/live-details.js';

export interface LiveViewer {
  /** Wants the long lists, from the next interval on. */
  isWide: boolean;
  /** As of the last interval, or of when it began to watch. */
  readonly details: LiveDetails | undefined;
  /** From now on the details of this row, or of none. Answers what is known now. */
  watch(subject: LiveSubject | undefined): LiveDetails | undefined;
  close(): void;
}

type Describe = (subject: LiveSubject, ended: readonly FlowEnded[]) => LiveDetails | undefined;

export class LiveViewers {
  readonly #describe: Describe;
  readonly #viewers = new Set<Viewer>();

  constructor(describe: Describe) {
    this.#describe = describe;
  }

  add(): LiveViewer {
    const viewer = new Viewer(this.#describe, (gone) => this.#viewers.delete(gone));
    this.#viewers.add(viewer);
    return viewer;
  }

  get bounds(): ListBounds {
    for (const { isWide } of this.#viewers) if (isWide) return MANY_ROWS;
    return FEW_ROWS;
  }

  /** An interval is over. */
  refresh(ended: readonly FlowEnded[]): void {
    for (const viewer of this.#viewers) viewer.refresh(ended);
  }
}

class Viewer implements LiveViewer {
  isWide = false;
  details: LiveDetails | undefined;
  readonly #describe: Describe;
  readonly #onClose: (viewer: Viewer) => void;
  #subject: LiveSubject | undefined;

  constructor(describe: Describe, onClose: (viewer: Viewer) => void) {
    this.#describe = describe;
    this.#onClose = onClose;
  }

  watch(subject: LiveSubject | undefined): LiveDetails | undefined {
    if (subject?.kind !== this.#subject?.kind || subject?.key !== this.#subject?.key) this.details = undefined;
    this.#subject = subject;
    this.refresh([]);
    return this.details;
  }

  /** What has ended stays as it was last. */
  refresh(ended: readonly FlowEnded[]): void {
    const subject = this.#subject;
    if (subject === undefined || this.details?.endedUs !== undefined) return;
    this.details = this.#describe(subject, ended) ?? this.details;
  }

  close(): void {
    this.#onClose(this);
  }
}
