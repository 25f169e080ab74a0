// `kaipo daemon`: the recorder without a screen. Owns the order of start, reload and end. Loads nothing that draws.
import { resolve } from 'node:path';
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import type { Elevated } from '../elevate.js';
import {
  type CaptureChoice,
  captureError,
  captureRequest,
  checkInterfaces,
  chooseCapture,
  type HelperChoice,
} from '../live/capture-choice.js';
import { type LiveInterval, LiveSession } from '../live/live-session.js';
import { RecorderLoop } from '../live/recorder-loop.js';
import { letMemoryGrow } from '../live/recorder-memory.js';
import { NoticeLines, outliveStandardError } from '../live/recorder-notices.js';
import { notifyService } from '../live/recorder-notify.js';
import { configChanges } from '../live/recorder-reload.js';
import { RecorderService } from '../live/recorder-service.js';
import { type Ending, RunEnd } from '../live/run-end.js';
import { reportError } from '../output/report-error.js';
import type { ReportSchedule } from '../schedule/report-schedule.js';
import { loadSettings, type Settings, storeOptions } from '../settings/settings.js';

export interface DaemonOptions {
  readonly interfaces: readonly string[];
  readonly filter: string | undefined;
  /** Undefined: monitoring.poll_interval. */
  readonly intervalS: number | undefined;
  readonly snaplen: number | undefined;
  readonly ringMiB: number | undefined;
  readonly helper: HelperChoice;
  readonly store: string | undefined;
  readonly config: string | undefined;
}

const MS_PER_S = 1000;
/** Until the capture has told what it may see. */
const SETTLE_MS = 300;

export async function runDaemon(options: DaemonOptions, elevated: Elevated): Promise<number> {
  outliveStandardError();
  try {
    const settings = await loadSettings(options);
    checkInterfaces(settings.config.capture.interfaces);
    return await new DaemonRun(options, settings, elevated).run();
  } catch (error) {
    elevated.prepared?.close();
    return reportError(error);
  }
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

class DaemonRun {
  readonly #options: DaemonOptions;
  readonly #elevated: Elevated;
  readonly #end: RunEnd;
  readonly #lines = new NoticeLines(say);
  #settings: Settings;
  /** Something is captured, so applications are named by rules. */
  #namesApps = false;
  #session: LiveSession | undefined;
  #service: RecorderService | undefined;
  #loop: RecorderLoop | undefined;
  /** Undefined: none is configured. */
  #reports: ReportSchedule | undefined;

  constructor(options: DaemonOptions, settings: Settings, elevated: Elevated) {
    this.#options = options;
    this.#settings = settings;
    this.#elevated = elevated;
    this.#end = new RunEnd({ onHangup: () => void this.#reload().catch(() => undefined) });
  }

  /** The store first: a second recorder is refused before anything is captured. */
  async run(): Promise<number> {
    let ending: Ending;
    const { config } = this.#settings;
    const service = new RecorderService(storeOptions(config), {
      batchMs: config.monitoring.batchWriteIntervalS * MS_PER_S,
      alerts: config.alerts,
      onNotice: (severity, text) =>
        this.#session === undefined ? say(`${severity}: ${text}`) : this.#session.notice(severity, text),
      onFailure: (error) => this.#end.end({ exitCode: error.exitCode, error }),
    });
    this.#service = service;
    try {
      const choice = await chooseCapture(captureRequest('daemon', config, this.#options), this.#elevated);
      if (choice.prepared !== undefined) {
        letMemoryGrow();
        const { holdAppRulesFor } = await import('../settings/app-names.js');
        holdAppRulesFor(choice.prepared, config, this.#options.config);
        this.#namesApps = true;
      }
      const session = this.#openSession(choice);
      this.#session = session;
      const loop = new RecorderLoop({
        session,
        recorder: service.recorder,
        end: this.#end,
        intervalMs: this.#pollIntervalS() * MS_PER_S,
        onInterval: (interval) => this.#onInterval(interval),
      });
      this.#loop = loop;
      try {
        const { caughtUp, baseline } = await session.start({ baseline: service.recorder.baseline() });
        await service.recorder.begin(caughtUp, baseline);
        await service.open(loop, session, () => this.#reload());
        await this.#sayReady(service, loop);
        await this.#planReports();
        ending = await loop.run();
        void notifyService('STOPPING=1', 'writing what is left');
        await session.stop();
        if (ending.error === undefined) await loop.finish();
      } finally {
        await session.stop();
      }
    } finally {
      this.#reports?.close();
      this.#end.release();
      await service.close();
    }
    return ending.error === undefined ? ending.exitCode : reportError(ending.error);
  }

  #openSession({ prepared, rungFix }: CaptureChoice): LiveSession {
    const { config } = this.#settings;
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
    return session;
  }

  /** The place of the counters is in the store: from now on nothing is lost. A helper says in a moment what it may see. */
  async #sayReady(service: RecorderService, loop: RecorderLoop): Promise<void> {
    await this.#end.waitUntil(performance.now() + Math.min(loop.intervalMs, SETTLE_MS));
    const { snapshot } = await loop.take();
    const names = snapshot.interfaces.filter((row) => row.counted).map((row) => row.name);
    const what = `${snapshot.rung}, ${names.length === 0 ? 'no interface' : names.join(' ')}`;
    say(`kaipo daemon: recording into ${service.recorder.dir} (${what}), pid ${process.pid}`);
    if (snapshot.rungFix !== undefined) say(`info: to see more: ${snapshot.rungFix}`);
    await notifyService('READY=1', `recording (${what})`);
  }

  #onInterval({ snapshot }: LiveInterval): void {
    this.#lines.show(snapshot.notices, performance.now());
    this.#service?.publish(snapshot);
    this.#reports?.check(wallClockUs());
  }

  /** Loaded where reports are configured, and not before. */
  async #planReports(): Promise<void> {
    const { config, storeDir } = this.#settings;
    if (this.#reports !== undefined) this.#reports.plan(config.reports);
    else if (config.reports.length > 0) {
      const { ReportSchedule } = await import('../schedule/report-schedule.js');
      const reports = new ReportSchedule(config.reports, {
        storeDir: resolve(storeDir),
        config: this.#options.config,
        onNotice: (severity, text) => this.#session?.notice(severity, text),
      });
      this.#reports = reports;
      this.#service?.countReports(() => reports.counts);
    }
    // What was missed while nothing ran.
    this.#reports?.check(wallClockUs());
  }

  #pollIntervalS(): number {
    return this.#options.intervalS ?? this.#settings.config.monitoring.pollIntervalS;
  }

  /** Reads the configuration again. A wrong one changes nothing and is told; raises it for whoever asked. */
  async #reload(): Promise<Record<string, unknown>> {
    const [session, service, loop] = [this.#session, this.#service, this.#loop];
    if (session === undefined || service === undefined || loop === undefined) return {};
    let settings: Settings;
    try {
      settings = await loadSettings(this.#options);
      if (this.#namesApps) {
        const { holdAppRules } = await import('../settings/app-names.js');
        holdAppRules(settings.config, this.#options.config);
      }
    } catch (error) {
      const text = error instanceof KaipoError ? error.message : String(error);
      session.notice('critical', `the configuration was not read again: ${text}`);
      throw error;
    }
    const changes = configChanges(this.#settings.config, settings.config);
    this.#settings = settings;
    const { recorder } = service;
    recorder.batchMs = settings.config.monitoring.batchWriteIntervalS * MS_PER_S;
    recorder.alerts = settings.config.alerts;
    loop.intervalMs = this.#pollIntervalS() * MS_PER_S;
    session.count(settings.config.monitoring.interfaces);
    session.protect(settings.config.privacy.mode);
    if (changes.applied.some((name) => name.startsWith('store.'))) {
      await service.reopen(storeOptions(settings.config));
    }
    if (changes.applied.includes('report')) await this.#planReports();
    this.#end.wake();
    const applied = changes.applied.length === 0 ? 'nothing changed' : changes.applied.join(', ');
    session.notice('info', `configuration read again: ${applied}`);
    if (changes.needRestart.length > 0)
      session.notice('warning', `used from the next start on: ${changes.needRestart.join(', ')}`);
    return { applied: changes.applied, needRestart: changes.needRestart };
  }
}
