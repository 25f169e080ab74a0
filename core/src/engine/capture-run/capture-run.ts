// Reading captures into flows and events, in one thread or in two. Owns: what both promise. Same captures, same events in the same
// order, whichever way.
import type { CaptureReader } from '../../frame/capture-reader.js';
import { KaipoError } from '../../kernel/errors.js';
import { type FileSourceOptions, isInputError, readCaptureFile } from '../../source/file-source.js';
import type { FlowAnalysis } from '../flow-analysis.js';
import { STAGES } from '../stage-clock.js';
import type { Tally } from '../tally.js';

/** Batches the analysis may be behind; rows of ended flows are kept as long, so that both ways give flows the same rows. */
export const PIPE_BATCHES = 12;

/** What was counted over all captures. */
export interface CaptureTotals {
  readonly tally: Omit<Tally, 'add' | 'strays'>;
  readonly flows: { readonly created: number; readonly refused: number; readonly evicted: number };
  /** Milliseconds by stage (STAGES), in whichever thread. */
  readonly stageMs: Float64Array;
}

export interface CaptureRead {
  /** Did the input begin as a capture does? */
  readonly isCapture: boolean;
  /** Why the input could not be read, or not to its end; it names the input. What was read before counts. */
  readonly failure?: KaipoError;
}

export interface CaptureRun {
  /** Subscribe to its bus before the first `read`. */
  readonly analysis: FlowAnalysis;
  /** Reads one capture. What listeners throw comes through as it is. */
  read(path: string, options: FileSourceOptions): Promise<CaptureRead>;
  /** The input is over: ends every flow. Waits for `afterPiece` between some thousand of them. */
  finish(afterPiece?: () => Promise<void> | undefined): Promise<CaptureTotals>;
  close(): Promise<void>;
}

/** One capture through `reader`: what is wrong with the input is a value, everything else is thrown. */
export async function readCapture(
  path: string,
  reader: CaptureReader,
  options: FileSourceOptions,
): Promise<CaptureRead> {
  try {
    await readCaptureFile(path, reader, options);
  } catch (error) {
    if (!(error instanceof KaipoError && isInputError(error))) throw error;
    return { isCapture: reader.isCapture, failure: error };
  }
  const { isCapture, failure } = reader;
  if (failure === undefined) return { isCapture };
  const name = path === '-' ? 'standard input' : path;
  return { isCapture, failure: new KaipoError(failure.code, `${name}: ${failure.message}`, failure.fix) };
}

/** The stages of both halves of an engine together, and what reading took besides. */
export function stageTimes(readMs: number, ...clocks: readonly { readonly ms: Float64Array }[]): Float64Array {
  const sums = new Float64Array(STAGES.length);
  sums[0] = readMs;
  for (const { ms } of clocks)
    for (let stage = 0; stage < sums.length; stage++) sums[stage] = sums[stage]! + ms[stage]!;
  return sums;
}
