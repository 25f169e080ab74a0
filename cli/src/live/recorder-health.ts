// What a recorder says of its own recording, for commands that read its history. Owns the question, how long it may take, and the
// sentences. Must not know what a command prints. Bound: MAX_WAIT_MS.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { WriterRecord } from '@kaipo/core/store/writer-lock.js';

const MAX_WAIT_MS = 500;
const STATES = ['recording', 'read-only', 'off'] as const;
const DETAIL_CHARACTERS = 512;

export interface RecorderHealth {
  /** `silent`: it runs and did not say in time. */
  readonly state: (typeof STATES)[number] | 'silent';
  readonly detail?: string;
  /** Intervals in memory that cannot be written. */
  readonly waitingIntervals?: number;
  /** What did not fit into memory while nothing could be written. */
  readonly lostIntervals?: number;
}

/** Asks a recorder that was found; undefined for one that cannot be asked: it has no control socket. Never raises. */
export async function askRecorderHealth(writer: WriterRecord): Promise<RecorderHealth | undefined> {
  if (writer.socket === undefined) return undefined;
  const { requestWriter } = await import('./recorder-control.js');
  try {
    return healthOf(await requestWriter(writer, 'status', { timeoutMs: MAX_WAIT_MS }));
  } catch (error) {
    return { state: 'silent', detail: safeText((error as Error).message, DETAIL_CHARACTERS) };
  }
}

/** A recorder of another version may say other things. */
export function healthOf(frame: Readonly<Record<string, unknown>>): RecorderHealth {
  const recording = (frame['recording'] ?? {}) as { readonly state?: unknown; readonly detail?: unknown };
  const state = STATES.find((known) => known === recording.state) ?? 'silent';
  const { detail } = recording;
  const [waiting, lost] = [Number(frame['waitingIntervals']) || 0, Number(frame['lostIntervals']) || 0];
  return {
    state,
    // While it records, the detail is the store, which the caller knows.
    ...(state !== 'recording' &&
      typeof detail === 'string' &&
      detail !== '' && { detail: safeText(detail, DETAIL_CHARACTERS) }),
    ...(state === 'read-only' && { waitingIntervals: waiting }),
    ...(lost > 0 && { lostIntervals: lost }),
  };
}

/** What has to be said about it; undefined when it records. */
export function healthProblem({ state, detail, lostIntervals }: RecorderHealth): string | undefined {
  const why = detail === undefined ? '' : `: ${detail}`;
  const lost = lostIntervals
    ? `; ${lostIntervals} ${lostIntervals === 1 ? 'interval was' : 'intervals were'} lost`
    : '';
  if (state === 'read-only') return `NOT RECORDING${why}${lost}`;
  if (state === 'off') return `NOT RECORDING${why === '' ? ': it only shows' : why}`;
  if (state === 'silent') return `the recorder does not say how it is${why}`;
  return lostIntervals ? `it records again${lost}` : undefined;
}
