// `kaipo live`: chooses what may be captured, runs a LiveSession, draws it once an interval. Owns: the order of start and end.
import { NoHelperError, type PreparedCapture, prepareCapture } from '@kaipo/capture-helper/launch/index.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { defaultStoreDir } from '@kaipo/core/query/default-store-dir.js';
import { readInterfaceCounters } from '@kaipo/core/source/counters.js';
import { type Elevated, prepareOptions } from '../elevate.js';
import { type LiveOutput, openLiveOutput } from '../live/live-output.js';
import { type LiveInterval, LiveSession } from '../live/live-session.js';
import { openRecorder, type Recorder } from '../live/recorder.js';
import { type Ending, RunEnd } from '../live/run-end.js';
import { reportError } from '../output/report-error.js';
import { shellWord } from '../output/runnable-command.js';

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

class LiveRun {
  readonly #options: LiveOptions;
  readonly #elevated: Elevated;
  readonly #end: RunEnd;

  constructor(options: LiveOptions, elevated: Elevated) {
    this.#options = options;
    this.#elevated = elevated;
    this.#end = new RunEnd(options.durationS);
  }

  async run(): Promise<number> {
    const { prepared, rungFix } = await this.#prepare();
    const session = new LiveSession({
      prepared,
      interfaces: this.#options.interfaces,
      rungFix,
      onCaptureEnd: (message, exitCode, fix) => this.#onCaptureEnd(session, message, exitCode, fix),
    });
    const recorder = this.#openRecorder(session);
    const output = openLiveOutput(this.#options, (ending) => this.#end.end(ending));
    let ending: Ending;
    try {
      await session.start();
      ending = await this.#loop(session, recorder, output);
      await session.stop();
      if (ending.error === undefined) await this.#lastTick(session, recorder, output);
    } finally {
      await session.stop();
      this.#end.release();
      await recorder?.close();
      await output.close();
    }
    return ending.error === undefined ? ending.exitCode : reportError(ending.error);
  }

  /** Ticks on the interval until something ends the run. A late tick is one long interval, never several short ones. */
  async #loop(session: LiveSession, recorder: Recorder | undefined, output: LiveOutput): Promise<Ending> {
    const intervalMs = this.#options.intervalS * 1000;
    let dueMs = performance.now() + intervalMs;
    for (;;) {
      await this.#end.waitUntil(dueMs);
      if (this.#end.given !== undefined) return this.#end.given;
      const interval = await this.#take(session, recorder);
      recorder?.record(interval);
      output.show(interval.snapshot);
      dueMs = Math.max(dueMs + intervalMs, performance.now());
    }
  }

  /** What is left of the last interval, and the flows that were still alive. */
  async #lastTick(session: LiveSession, recorder: Recorder | undefined, output: LiveOutput): Promise<void> {
    const interval = await this.#take(session, recorder);
    output.show(interval.snapshot);
    recorder?.record(interval);
    if (recorder === undefined) return;
    for (let ended = session.finishSome(); ended.length > 0; ended = session.finishSome()) {
      await recorder.recordFlows(interval.snapshot, ended);
    }
  }

  #take(session: LiveSession, recorder: Recorder | undefined): Promise<LiveInterval> {
    return session.takeInterval(recorder?.recording ?? { state: 'off' });
  }

  async #prepare(): Promise<{ prepared: PreparedCapture | undefined; rungFix: string | undefined }> {
    const { helper, filter } = this.#options;
    const { prepared: early, report } = this.#elevated;
    if (early !== undefined) return { prepared: early, rungFix: undefined };
    if (helper === 'none' && filter !== undefined) {
      throw new KaipoError('KAIPO_USAGE', '--filter needs a capture helper, --helper none has none');
    }
    if (helper === 'none' || report.request === undefined) return { prepared: undefined, rungFix: undefined };
    try {
      const prepared = await prepareCapture(prepareOptions(report.request));
      return { prepared, rungFix: undefined };
    } catch (error) {
      if (error instanceof RangeError) throw new KaipoError('KAIPO_USAGE', error.message);
      if (!(error instanceof NoHelperError)) throw error;
      // What only capture can do is refused; everything else is shown from counters.
      if (filter !== undefined || helper !== 'auto') {
        throw new KaipoError(
          error.exitCode === 77 ? 'KAIPO_NO_PERMISSION' : 'KAIPO_HELPER_MISSING',
          error.message,
          withArguments(error.fix),
        );
      }
      return { prepared: undefined, rungFix: withArguments(error.fix) };
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
      this.#end.end({ exitCode: EXIT_OK, error: new KaipoError(code, message, fix) });
    } else {
      session.captureLost(fix);
    }
  }

  #openRecorder(session: LiveSession): Recorder | undefined {
    const { store, isRecording, format } = this.#options;
    if (!isRecording || (format === 'ndjson' && store === undefined)) return undefined;
    try {
      return openRecorder(store ?? defaultStoreDir(), (text) => session.notice('warning', text));
    } catch (error) {
      if (store !== undefined || !(error instanceof KaipoError)) throw error;
      session.notice('warning', `not recording: ${error.message}`);
      return undefined;
    }
  }
}

/** The command that fixes it is the command that was given, with sudo before it. */
function withArguments(fix: string | undefined): string | undefined {
  if (fix !== 'sudo kaipo live') return fix;
  return ['sudo kaipo', ...process.argv.slice(2).map(shellWord)].join(' ');
}
