// `kaipo live`: attaches to the recorder of its store, else captures and records itself, and draws a snapshot an interval.
// Owns: which of the two, what follows when a recorder goes away, the order of start and end.
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import type { LiveSubject } from '@kaipo/core/query/live-details.js';
import type { WriterRecord } from '@kaipo/core/store/writer-lock.js';
import type { Elevated } from '../elevate.js';
import { runAttached } from '../live/attached-run.js';
import {
  captureError,
  captureRequest,
  checkInterfaces,
  chooseCapture,
  type HelperChoice,
} from '../live/capture-choice.js';
import { HistoryRewind } from '../live/history-rewind.js';
import { isDashboard, type LiveOutput, openLiveOutput } from '../live/live-output.js';
import { LiveSession } from '../live/live-session.js';
import { findRecorder } from '../live/recorder-control.js';
import { RecorderLoop } from '../live/recorder-loop.js';
import { RecorderService } from '../live/recorder-service.js';
import { type Ending, RunEnd } from '../live/run-end.js';
import { reportError } from '../output/report-error.js';
import { loadSettings, type Settings, storeOptions } from '../settings/settings.js';

export interface LiveOptions {
  readonly interfaces: readonly string[];
  readonly filter: string | undefined;
  /** Undefined: every second, or as the recorder does. */
  readonly intervalS: number | undefined;
  readonly durationS: number | undefined;
  /** A time of the past, in words. */
  readonly at: string | undefined;
  readonly isPlain: boolean;
  readonly format: 'dashboard' | 'ndjson';
  readonly snaplen: number | undefined;
  readonly ringMiB: number | undefined;
  readonly helper: HelperChoice;
  readonly store: string | undefined;
  readonly config: string | undefined;
  readonly isRecording: boolean;
  readonly color: boolean;
}

/** A session or a recorder: what a person wants to see of it. */
type ViewedSource = Pick<LiveSession, 'watch' | 'widen'>;

const USUAL_INTERVAL_S = 1;
/** How often a view that lost its recorder looks whether there is one again. */
const LOOK_AGAIN_MS = 3000;

export async function runLive(options: LiveOptions, elevated: Elevated): Promise<number> {
  try {
    const settings = await loadSettings(options);
    // Of a picture of the past the interfaces may be gone by now.
    if (options.at === undefined || isDashboard(options)) checkInterfaces(settings.config.capture.interfaces);
    if (options.at === undefined) return await new LiveRun(options, settings, elevated).run();
    return await runPast(options, options.at, settings, elevated);
  } catch (error) {
    elevated.prepared?.close();
    return reportError(error);
  }
}

/** As text it is one picture, and nothing is captured; on the dashboard the picture to begin with. */
async function runPast(options: LiveOptions, at: string, settings: Settings, elevated: Elevated): Promise<number> {
  const { momentAsked, printPast } = await import('./live-at.js');
  const atUs = momentAsked(at, wallClockUs());
  const rewind = rewindOf(settings);
  try {
    // What cannot be read is said before a screen is opened.
    rewind.show(atUs, 0);
    if (isDashboard(options)) return await new LiveRun(options, settings, elevated, atUs).run();
    elevated.prepared?.close();
    rewind.checkInterfaces();
    return await printPast(rewind, atUs, options);
  } finally {
    await rewind.close();
  }
}

function rewindOf({ config }: Settings): HistoryRewind {
  return new HistoryRewind(storeOptions(config), { interfaces: config.capture.interfaces });
}

class LiveRun {
  readonly #options: LiveOptions;
  readonly #settings: Settings;
  readonly #end: RunEnd;
  readonly #atUs: number | undefined;
  #elevated: Elevated;
  #output: LiveOutput | undefined;
  /** The row a person looks at, whoever measures it. */
  #watched: LiveSubject | undefined;
  /** Whoever measures at the moment. */
  #source: ViewedSource | undefined;

  /** `atUs`: the past the dashboard begins in. */
  constructor(options: LiveOptions, settings: Settings, elevated: Elevated, atUs?: number) {
    this.#options = options;
    this.#settings = settings;
    this.#elevated = elevated;
    this.#atUs = atUs;
    this.#end = new RunEnd({ durationS: options.durationS });
  }

  async run(): Promise<number> {
    let ending: Ending;
    try {
      ending = await this.#views();
    } finally {
      this.#end.release();
      await this.#output?.close();
    }
    return ending.error === undefined ? ending.exitCode : reportError(ending.error);
  }

  /**
   * A recorder's view while there is a recorder. When it goes, the person goes on seeing their network, from an own session that
   * records nothing: the store is left to the recorder, which is started again more often than not, and is shown again then.
   */
  async #views(): Promise<Ending> {
    if (!this.#mayAttach()) return this.#own(this.#options.isRecording, undefined);
    let notice: string | undefined;
    for (let isFirst = true; ; isFirst = false) {
      const writer = await this.#findRecorder();
      if (writer === undefined && isFirst) return this.#own(true, undefined);
      if (writer !== undefined) {
        const attached = await runAttached({
          writer,
          end: this.#end,
          intervalS: this.#options.intervalS,
          onAttached: (recorder) => this.#onAttached(recorder),
          show: (snapshot) => this.#output?.show(snapshot),
          showDetails: (details) => this.#output?.showDetails?.(details),
        });
        if (attached.how === 'ended') return this.#end.given ?? { exitCode: EXIT_OK };
        if (attached.how === 'refused') {
          // Tried again and again it would say the same.
          return this.#own(this.#options.store !== undefined, `not recording: ${attached.why}`);
        }
        notice = `the recorder, process ${writer.pid}, ${attached.how === 'stopped' ? 'was stopped' : 'is gone'}: kaipo live goes on by itself and records nothing`;
        this.#output?.announce(notice);
      }
      const ending = await this.#own(false, notice, true);
      if (this.#end.given !== undefined || ending.error !== undefined) return ending;
    }
  }

  /** What asks for a certain capture, or for no record, is not what a recorder does already. */
  #mayAttach(): boolean {
    const { interfaces, filter, helper, snaplen, ringMiB, isRecording } = this.#options;
    const isOwn = interfaces.length > 0 || helper !== 'auto' || [filter, snaplen, ringMiB].some((x) => x !== undefined);
    return isRecording && !isOwn;
  }

  /** A store that cannot be read has no recorder to attach to; recording into it says what is wrong. */
  #findRecorder(): Promise<WriterRecord | undefined> {
    return findRecorder(storeOptions(this.#settings.config)).catch(() => undefined);
  }

  async #onAttached(recorder: ViewedSource): Promise<void> {
    this.#elevated.prepared?.close();
    this.#elevated = { report: this.#elevated.report };
    await this.#openOutput(recorder);
  }

  async #openOutput(source: ViewedSource): Promise<LiveOutput> {
    this.#source = source;
    this.#output ??= await this.#newOutput();
    source.widen(this.#output.isWide);
    source.watch(this.#watched);
    return this.#output;
  }

  #newOutput(): Promise<LiveOutput> {
    const { live } = this.#settings.config;
    const past = { rewind: rewindOf(this.#settings), ...(this.#atUs !== undefined && { atUs: this.#atUs }) };
    return openLiveOutput(
      { ...this.#options, ...past, look: live },
      (ending) => this.#end.end(ending),
      (subject) => {
        this.#watched = subject;
        return this.#source?.watch(subject);
      },
    );
  }

  /** An own session, to the end of the run; `untilRecorder`: or until there is a recorder to attach to. */
  async #own(isRecording: boolean, notice: string | undefined, untilRecorder = false): Promise<Ending> {
    const { config } = this.#settings;
    const { prepared, rungFix } = await chooseCapture(captureRequest('live', config, this.#options), this.#elevated);
    this.#elevated = { report: this.#elevated.report };
    if (prepared !== undefined) {
      const { holdAppRulesFor } = await import('../settings/app-names.js');
      holdAppRulesFor(prepared, config, this.#options.config);
    }
    const stop = { isAsked: false };
    let service: RecorderService | undefined;
    const session = new LiveSession({
      prepared,
      interfaces: config.capture.interfaces,
      counted: config.monitoring.interfaces,
      privacy: config.privacy.mode,
      pluginTables: config.plugins,
      memoryBytes: config.monitoring.memoryBytes,
      rungFix,
      onCaptureEnd: (message, exitCode, fix) => {
        const error = session.hasSeenPackets ? undefined : captureError(message, exitCode, fix);
        if (error === undefined) session.captureLost(fix);
        else this.#end.end({ exitCode: EXIT_OK, error });
      },
    });
    let timer: ReturnType<typeof setInterval> | undefined;
    try {
      service = isRecording ? this.#openRecorder(session) : undefined;
      const recorder = service?.recorder;
      const loop = new RecorderLoop({
        session,
        recorder,
        end: this.#end,
        intervalMs: (this.#options.intervalS ?? USUAL_INTERVAL_S) * 1000,
        isStopped: () => stop.isAsked,
        onInterval: ({ snapshot }) => {
          this.#output?.show(snapshot);
          service?.publish(snapshot);
        },
      });
      await this.#openOutput(session);
      const { caughtUp, baseline } = await session.start(
        recorder === undefined ? {} : { baseline: recorder.baseline() },
      );
      await recorder?.begin(caughtUp, baseline);
      if (notice !== undefined) session.notice('warning', notice);
      await service?.open(loop, session, undefined);
      if (untilRecorder) timer = this.#lookForRecorder(stop);
      const ending = await loop.run();
      await session.stop();
      if (ending.error === undefined) await loop.finish();
      return ending;
    } finally {
      clearInterval(timer);
      await session.stop();
      await service?.close();
    }
  }

  #lookForRecorder(stop: { isAsked: boolean }): ReturnType<typeof setInterval> {
    return setInterval(() => {
      void this.#findRecorder().then((writer) => {
        if (writer === undefined) return;
        stop.isAsked = true;
        this.#end.wake();
      });
    }, LOOK_AGAIN_MS);
  }

  #openRecorder(session: LiveSession): RecorderService | undefined {
    const { store, format } = this.#options;
    const { config } = this.#settings;
    if (format === 'ndjson' && store === undefined) return undefined;
    try {
      return new RecorderService(storeOptions(config), {
        batchMs: config.monitoring.batchWriteIntervalS * 1000,
        alerts: config.alerts,
        onNotice: (severity, text) => session.notice(severity, text),
      });
    } catch (error) {
      if (store !== undefined || !(error instanceof KaipoError)) throw error;
      session.notice('warning', `not recording: ${error.message}`);
      return undefined;
    }
  }
}
