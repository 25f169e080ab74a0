// A live view of what another process records: its snapshots, tick by tick. Owns what is said about it, and when it is over.
// Must not know how snapshots are shown. Bound: MAX_NOTICES of its own.
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import type { LiveDetails, LiveSubject } from '@kaipo/core/query/live-details.js';
import type { LiveNotice, LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { WriterRecord } from '@kaipo/core/store/writer-lock.js';
import type { LiveSession } from './live-session.js';
import { type AttachedRecorder, attachRecorder } from './recorder-control.js';
import type { RecorderStatus, ViewRequest } from './recorder-control-frames.js';
import type { RunEnd } from './run-end.js';

const MAX_NOTICES = 8;
const ATTACH_TIMEOUT_MS = 2000;
/** A recorder that is just starting has the store before it listens. */
const STARTING_MS = 1500;
const RETRY_MS = 100;

export interface AttachedRunOptions {
  readonly writer: WriterRecord;
  readonly end: RunEnd;
  /** As a person asked for; undefined: they did not. */
  readonly intervalS: number | undefined;
  /** The recorder answers: what was made ready for an own capture is not needed, and something is there to show. */
  onAttached(recorder: Pick<LiveSession, 'watch' | 'widen'>): Promise<void>;
  show(snapshot: LiveSnapshot): void;
  /** Of the row that was just named, before the next snapshot has them. */
  showDetails?(details: LiveDetails): void;
}

/** `refused`: never attached, `why` says why. `stopped`, `lost`: the recorder ended in order, or broke off. */
export type AttachedEnd =
  | { readonly how: 'ended' | 'stopped' | 'lost' }
  | { readonly how: 'refused'; readonly why: string };

/** Until the run ends or the recorder does. */
export async function runAttached(options: AttachedRunOptions): Promise<AttachedEnd> {
  const { end, writer } = options;
  const view = new AttachedView(writer.pid, options);
  let over: 'stopped' | 'lost' | undefined;
  let recorder: AttachedRecorder;
  let wanted: ViewRequest = { isWide: false };
  try {
    recorder = await attach(writer, {
      onSnapshot: (snapshot, missed) => view.take(snapshot, missed),
      onDetails: (details) => view.takeDetails(details),
      onEnd: (how) => {
        over = how;
        end.wake();
      },
    });
  } catch (error) {
    if (error instanceof KaipoError && error.code === 'KAIPO_NO_RECORDER')
      return { how: 'refused', why: error.message };
    throw error;
  }
  try {
    await options.onAttached({
      watch: (subject) => {
        wanted = { isWide: wanted.isWide, ...(subject === undefined ? {} : { subject }) };
        view.watch(subject);
        recorder.view(wanted);
        return undefined;
      },
      widen: (isWide) => {
        wanted = { ...wanted, isWide };
        recorder.view(wanted);
      },
    });
    view.begin(recorder.status);
    while (over === undefined && end.given === undefined) await end.waitUntil(Number.POSITIVE_INFINITY);
  } finally {
    recorder.detach();
  }
  return { how: end.given !== undefined ? 'ended' : (over ?? 'ended') };
}

async function attach(writer: WriterRecord, handlers: Parameters<typeof attachRecorder>[1]): Promise<AttachedRecorder> {
  const untilMs = performance.now() + STARTING_MS;
  for (;;) {
    try {
      return await attachRecorder(writer, handlers, { timeoutMs: ATTACH_TIMEOUT_MS });
    } catch (error) {
      if (writer.socket === undefined || performance.now() >= untilMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

class AttachedView {
  readonly #pid: number;
  readonly #options: AttachedRunOptions;
  readonly #notices: LiveNotice[] = [];
  #status: RecorderStatus | undefined;
  #subject: LiveSubject | undefined;
  #details: LiveDetails | undefined;
  /** What came before there was something to show it on. */
  #early: LiveSnapshot | undefined;

  constructor(pid: number, options: AttachedRunOptions) {
    this.#pid = pid;
    this.#options = options;
  }

  begin(status: RecorderStatus): void {
    this.#status = status;
    const { intervalS } = this.#options;
    const pace =
      intervalS === undefined || intervalS === status.pollIntervalS
        ? ''
        : `; it measures every ${status.pollIntervalS} s, which is the interval here too`;
    this.#note('info', `recorded by process ${this.#pid} into ${status.store}${pace}`);
    if (this.#early !== undefined) this.take(this.#early, 0);
    this.#early = undefined;
  }

  watch(subject: LiveSubject | undefined): void {
    this.#subject = subject;
    this.#details = undefined;
  }

  /** Before each snapshot; or at once, after the row was named: then they do not wait for one. */
  takeDetails(details: LiveDetails | undefined): void {
    const { kind, key } = this.#subject ?? {};
    if (details !== undefined && (details.subject.kind !== kind || details.subject.key !== key)) return;
    const isNew = this.#details === undefined && details !== undefined;
    this.#details = details;
    if (isNew) this.#options.showDetails?.(details);
  }

  take(snapshot: LiveSnapshot, missed: number): void {
    if (this.#status === undefined) {
      this.#early = snapshot;
      return;
    }
    if (missed > 0) this.#note('warning', `${missed} intervals of the recorder were not shown: they came too fast`);
    const { recording } = snapshot;
    const detail = `process ${this.#pid}${recording.detail === undefined ? '' : `, ${recording.detail}`}`;
    // A notice is shown with the interval it lies in: the middle of the one at hand is in no other.
    const nowUs = snapshot.tsUs - snapshot.intervalUs / 2;
    const own = this.#notices.map((notice) => (notice.tsUs === 0 ? { ...notice, tsUs: nowUs } : notice));
    this.#notices.splice(0, this.#notices.length, ...own);
    const notices = [...snapshot.notices, ...own].toSorted((a, b) => a.tsUs - b.tsUs);
    const shown = { ...snapshot, notices, recording: { state: recording.state, detail } };
    const details = this.#details;
    this.#options.show(details === undefined ? shown : { ...shown, details });
  }

  #note(severity: LiveNotice['severity'], text: string): void {
    this.#notices.push({ tsUs: 0, severity, text });
    if (this.#notices.length > MAX_NOTICES) this.#notices.shift();
  }
}
