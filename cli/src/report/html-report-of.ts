// The HTML report of a period, for whoever has a store open: the command, the web server. Owns the way from store to page.
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import type { Filter } from '@kaipo/core/query/history.js';
import type { TimeRange } from '@kaipo/core/query/time-range.js';
import type { Store } from '@kaipo/core/store/store.js';
import { htmlReport } from './html-report.js';
import { collectReport, type ReportChoices, type ReportContext, type ReportData } from './report-data.js';

export interface HtmlReportOptions extends ReportChoices {
  readonly nowUs: number;
  /** Of kaipo. */
  readonly version: string;
  readonly filter?: Filter;
  /** Names and addresses become pseudonyms. */
  readonly redact?: boolean;
  /** Without it the key of this machine. */
  readonly redactKeyFile?: string;
}

export async function htmlReportOf(
  store: Store,
  config: KaipoConfig,
  range: TimeRange,
  options: HtmlReportOptions,
): Promise<string> {
  const { nowUs, filter = {}, version, redact = false, redactKeyFile } = options;
  const data = await reportDataOf({ store, info: store.info(), config, nowUs, range, filter }, options, {
    redact,
    ...(redactKeyFile !== undefined && { redactKeyFile }),
  });
  return htmlReport(data, version);
}

/** The report, with pseudonyms where they are asked for. Raises what redactKey raises. */
export async function reportDataOf(
  context: ReportContext,
  choices: ReportChoices,
  { redact, redactKeyFile }: { readonly redact: boolean; readonly redactKeyFile?: string },
): Promise<ReportData> {
  const data = collectReport(context, choices);
  if (!redact) return data;
  // Loaded now: most reports tell names.
  const [{ redactReport }, { Redactor }, { redactKey }] = await Promise.all([
    import('../redact/redact-report.js'),
    import('../redact/redactor.js'),
    import('../redact/redact-key.js'),
  ]);
  return redactReport(data, new Redactor(redactKey(context.info.dir, redactKeyFile)));
}
