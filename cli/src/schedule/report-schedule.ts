// The pages a recorder makes by itself: each [[report]] once its day, week or month is over, and what was missed while nothing ran, once.
// Owns when, how often it is tried again, and which old pages go. Must not know what a report says.
// Bounds: one page at a time; MAX_TRIES a page, RETRY_US apart; one reading of a directory a page.
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReportConfig } from '@kaipo/core/config/kaipo-config.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { type RunReport, runReportChild } from './report-child.js';
import { type DueReport, dueReport, pagesOf } from './report-plan.js';

const MAX_TRIES = 3;
const RETRY_US = 600_000_000;
const MAX_LISTED = 10_000;

export interface ReportScheduleOptions {
  readonly storeDir: string;
  /** --config of the recorder. */
  readonly config: string | undefined;
  onNotice(severity: 'info' | 'warning', text: string): void;
  /** Another way to make a page, for tests. */
  readonly run?: RunReport;
}

interface Planned {
  readonly report: ReportConfig;
  /** Not looked at before. */
  atUs: number;
  /** Of the page that is due at the moment. */
  dueUs: number;
  tries: number;
}

export class ReportSchedule {
  readonly #options: ReportScheduleOptions;
  readonly #stop = new AbortController();
  #planned: Planned[] = [];
  #running: Promise<void> | undefined;
  #counts = { made: 0, failed: 0 };

  constructor(reports: readonly ReportConfig[], options: ReportScheduleOptions) {
    this.#options = options;
    this.plan(reports);
  }

  /** Pages that were made, and tries that failed. */
  get counts(): { readonly made: number; readonly failed: number } {
    return this.#counts;
  }

  /** Takes other reports from now on. */
  plan(reports: readonly ReportConfig[]): void {
    this.#planned = reports.map((report) => ({ report, atUs: 0, dueUs: 0, tries: 0 }));
  }

  /** To be called often: it costs nothing while no page is due. */
  check(nowUs: number): void {
    if (this.#running !== undefined || this.#stop.signal.aborted) return;
    const planned = this.#planned.find(({ atUs }) => nowUs >= atUs);
    if (planned === undefined) return;
    this.#running = this.#make(planned, nowUs).finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when no page is being made. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Ends a page that is being made: it is made at the next start. */
  close(): void {
    this.#stop.abort();
  }

  async #make(planned: Planned, nowUs: number): Promise<void> {
    const due = dueReport(planned.report, nowUs);
    if (planned.dueUs !== due.dueUs) Object.assign(planned, { dueUs: due.dueUs, tries: 0 });
    planned.atUs = due.nextDueUs;
    if (await isMade(planned.report, due)) return;
    planned.tries += 1;
    const problem = await this.#run(planned.report, due);
    if (this.#stop.signal.aborted) return;
    if (problem === undefined) {
      await this.#made(planned.report, due);
      return;
    }
    this.#counts = { ...this.#counts, failed: this.#counts.failed + 1 };
    const isLast = planned.tries >= MAX_TRIES;
    if (!isLast) planned.atUs = Math.min(nowUs + RETRY_US, due.nextDueUs);
    const further = isLast ? 'not tried again' : `tried again in ${RETRY_US / 60e6} min`;
    this.#options.onNotice('warning', `the report ${due.file} was not made, ${further}: ${problem}`);
  }

  async #run(report: ReportConfig, { range, file }: DueReport): Promise<string | undefined> {
    const { storeDir, config, run = runReportChild } = this.#options;
    const args = [
      `--html=${file}`,
      // Without a zone a time is local, and a day of the clock is what people mean.
      `--from=${localText(range.fromUs)}`,
      `--to=${localText(range.toUs)}`,
      `--store=${storeDir}`,
      ...(config === undefined ? [] : [`--config=${config}`]),
      ...(report.title === undefined ? [] : [`--title=${report.title}`]),
      ...(report.redact ? ['--redact'] : []),
      '--skip-empty',
    ];
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      return await run(args, this.#stop.signal);
    } catch (error) {
      return (error as Error).message;
    }
  }

  async #made(report: ReportConfig, { file }: DueReport): Promise<void> {
    if ((await modifiedMs(file)) === undefined) return;
    this.#counts = { ...this.#counts, made: this.#counts.made + 1 };
    this.#options.onNotice('info', `wrote the report ${file}`);
    await removeOldPages(report).catch((error: Error) => {
      this.#options.onNotice('warning', `old reports beside ${file} were not removed: ${error.message}`);
    });
  }
}

/** A page with a date in its name is made when it is there; one without when it was written since. */
async function isMade(report: ReportConfig, { file, dueUs }: DueReport): Promise<boolean> {
  const ms = await modifiedMs(file);
  if (ms === undefined) return false;
  return ms * 1000 >= dueUs || dueReport(report, dueUs - 1).file !== file;
}

async function modifiedMs(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

/** Names end in order of time: of more than are to stay, the first go. */
async function removeOldPages(report: ReportConfig): Promise<void> {
  const pages = pagesOf(report);
  if (pages === undefined) return;
  const names = (await readdir(pages.dir)).filter((name) => pages.isPage(name)).sort();
  for (const name of names.slice(0, Math.max(0, names.length - report.keep)).slice(0, MAX_LISTED)) {
    await rm(join(pages.dir, name), { force: true });
  }
}
