// `kaipo live`: chooses what may be captured, runs a LiveSession, draws it once an interval. Owns: the order of start and end.
import { NoHelperError, type PreparedCapture, prepareCapture } from '@kaipo/capture-helper/launch/index.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK, EXIT_SIGINT, EXIT_SIGTERM } from '@kaipo/core/kernel/exit-codes.js';
import { defaultStoreDir } from '@kaipo/core/query/default-store-dir.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { readInterfaceCounters } from '@kaipo/core/source/counters.js';
import { type Elevated, prepareOptions } from '../elevate.js';
import { type LiveOutput, openLiveOutput } from '../live/live-output.js';
import { type LiveInterval, LiveSession } from '../live/live-session.js';
import { openRecorder, type Recorder } from '../live/recorder.js';
import { reportError } from '../output/report-error.js';

export interface LiveOptions {
  readonly interfaces: readonly string[];
  readonly filter: string | undefined;
  readonly intervalS: number;
  readonly durationS: number | undefined;
  readonly isPlain: boolean;
  readonly format: 'dashboard' | 'ndjson';
  readonly snaplen: number | undefined;
  readonly ringMiB: number | undefined;
  readonly helper: 'auto' | 'native' | 'portable' | 'none';
  readonly store: string | undefined;
  readonly isRecording: boolean;
  readonly color: boolean;
}

export async function runLive(options: LiveOptions, elevated: Elevated): Promise<number> {
  try {
    checkInterfaces(options.interfaces);
    return await new LiveRun(options, elevated).run();
  } catch (error) {
    elevated.prepared?.close();
    return reportError(error);
  }
}

function checkInterfaces(names: readonly string[]): void {
  if (process.platform !== 'linux') return;
  const known = readInterfaceCounters().map((row) => row.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new KaipoError('KAIPO_NO_INTERFACE', `there is no interface "${name}"; there are: ${known.join(', ')}`);
  }
}

/** How a run ends: what ended it first wins. */
interface Ending {
  readonly exitCode: number;
  readonly error?: KaipoError;
}

class LiveRun {
  readonly #options: LiveOptions;
  readonly #elevated: Elevated;
  #end: (ending: Ending) => void = () => undefined;
  readonly #ended: Promise<Ending>;

  constructor(options: LiveOptions, elevated: Elevated) {
    this.#options = options;
    this.#elevated = elevated;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  async run(): Promise<number> {
    const { prepared, rungFix } = await this.#prepare();
    const session = new LiveSession({
      prepared,
      interfaces: this.#options.interfaces,
      rungFix,
      onCaptureEnd: (message, exitCode, fix) => this.#onCaptureEnd(session, message, exitCode, fix),
    });
    const recorder = await this.#openRecorder(session);
    const output = openLiveOutput(this.#options, (exitCode) => this.#end({ exitCode }));
    const onInt = (): void => this.#end({ exitCode: EXIT_SIGINT });
    const onTerm = (): void => this.#end({ exitCode: EXIT_SIGTERM });
    process.on('SIGINT', onInt).on('SIGTERM', onTerm);
    try {
      await session.start(Date.now() * 1000);
      const ending = await this.#loop(session, recorder, output);
      await session.stop();
      if (ending.error === undefined) await this.#lastTick(session, recorder, output);
      output.close();
      return ending.error === undefined ? ending.exitCode : reportError(ending.error);
    } catch (error) {
      output.close();
      await session.stop();
      throw error;
    } finally {
      process.off('SIGINT', onInt).off('SIGTERM', onTerm);
      await recorder?.close();
    }
  }

  /** Ticks on the interval until something ends the run. A late tick is one long interval, never several short ones. */
  async #loop(session: LiveSession, recorder: Recorder | undefined, output: LiveOutput): Promise<Ending> {
    const intervalMs = this.#options.intervalS * 1000;
    const { durationS } = this.#options;
    const timer =
      durationS === undefined ? undefined : setTimeout(() => this.#end({ exitCode: EXIT_OK }), durationS * 1000);
    let ending: Ending | undefined;
    void this.#ended.then((given) => {
      ending = given;
    });
    let dueMs = Date.now() + intervalMs;
    while (ending === undefined) {
      await Promise.race([this.#ended, delay(Math.max(0, dueMs - Date.now()))]);
      if (ending !== undefined) break;
      await this.#tick(session, recorder, output);
      dueMs += intervalMs;
      if (dueMs < Date.now()) dueMs = Date.now() + intervalMs;
    }
    clearTimeout(timer);
    return this.#ended;
  }

  async #tick(session: LiveSession, recorder: Recorder | undefined, output: LiveOutput): Promise<void> {
    const interval = await this.#take(session, recorder);
    recorder?.record(interval);
    output.show(interval.snapshot);
  }

  /** What is left of the last interval, and the flows that were still alive. */
  async #lastTick(session: LiveSession, recorder: Recorder | undefined, output: LiveOutput): Promise<void> {
    const interval = await this.#take(session, recorder);
    output.show(interval.snapshot);
    recorder?.record({ ...interval, ended: [...interval.ended, ...session.finish()] });
  }

  #take(session: LiveSession, recorder: Recorder | undefined): Promise<LiveInterval> {
    const recording: LiveSnapshot['recording'] = recorder?.recording ?? { state: 'off' };
    return session.takeInterval(Date.now() * 1000, recording);
  }

  async #prepare(): Promise<{ prepared: PreparedCapture | undefined; rungFix: string | undefined }> {
    const { helper, filter } = this.#options;
    const { prepared: early, report } = this.#elevated;
    if (early !== undefined) return { prepared: early, rungFix: undefined };
    if (helper === 'none' || report.request === undefined) return { prepared: undefined, rungFix: undefined };
    try {
      const prepared = await prepareCapture(prepareOptions(report.request));
      return { prepared, rungFix: undefined };
    } catch (error) {
      if (!(error instanceof NoHelperError)) throw error;
      // What only capture can do is refused; everything else is shown from counters.
      if (filter !== undefined || helper !== 'auto') {
        throw new KaipoError(
          error.exitCode === 77 ? 'KAIPO_NO_PERMISSION' : 'KAIPO_HELPER_MISSING',
          error.message,
          error.fix,
        );
      }
      return { prepared: undefined, rungFix: error.fix };
    }
  }

  /** The first start failed for a reason a person must mend: end with it. Later: go on from counters and say so. */
  #onCaptureEnd(session: LiveSession, message: string, exitCode: number | undefined, fix: string | undefined): void {
    const code =
      exitCode === 66
        ? 'KAIPO_NO_INTERFACE'
        : exitCode === 65
          ? 'KAIPO_BAD_FILTER'
          : exitCode === 77
            ? 'KAIPO_NO_PERMISSION'
            : undefined;
    if (session.engine.tally.packets === 0 && code !== undefined) {
      this.#end({ exitCode: EXIT_OK, error: new KaipoError(code, message, fix) });
    } else {
      session.captureLost(fix);
    }
  }

  async #openRecorder(session: LiveSession): Promise<Recorder | undefined> {
    const { store, isRecording, format } = this.#options;
    if (!isRecording || (format === 'ndjson' && store === undefined)) return undefined;
    try {
      return await openRecorder(store ?? defaultStoreDir(), (text) => session.notice('warning', text));
    } catch (error) {
      if (store !== undefined || !(error instanceof KaipoError)) throw error;
      session.notice('warning', `not recording: ${error.message}`);
      return undefined;
    }
  }
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
