// `kaipo db check`: reads everything, compares every sum, and says what is wrong. Exit 1 when something is.
import { EXIT_FOUND, EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { formatBytes } from '@kaipo/core/kernel/units.js';
import { localText } from '@kaipo/core/query/time-range.js';
import type { CheckReport, Finding } from '@kaipo/core/store/store-check.js';
import { runStoreCheck } from '@kaipo/core/store/store-check-run.js';
import type { DataOptions } from '../command-line/command-line.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { ShareProgress } from '../output/share-progress.js';
import { loadSettings, storeOptions } from '../settings/settings.js';

const US_PER_S = 1_000_000;
const CSV_COLUMNS = ['kind', 'message', 'of', 'resolution', 'at'] as const;

export async function runDbCheck(options: DataOptions): Promise<number> {
  const progress = new ShareProgress('checking');
  try {
    const { config, storeDir } = await loadSettings(options);
    const { dir, key, keyFile } = storeOptions(config);
    const report = await runStoreCheck(
      { dir, ...(key === undefined ? {} : { key }), ...(keyFile === undefined ? {} : { keyFile }) },
      (share) => progress.show(share),
    );
    progress.clear();
    const { findings, isEncrypted, ...counts } = report;
    const rows = findings.map(record);
    const head = { path: storeDir, ok: report.findingCount === 0, encrypted: isEncrypted, ...counts };
    writeAnswer(
      {
        document: { schema: 'kaipo.db.check/1', ...head, findings: rows },
        records: [{ type: 'check', ...head }, ...rows.map((row) => ({ type: 'finding', ...row }))],
        csv: { columns: CSV_COLUMNS, rows: rows.map((row) => CSV_COLUMNS.map((column) => row[column])) },
        table: () => text(storeDir, report),
      },
      options.format,
      options.output,
    );
    return report.findingCount === 0 ? EXIT_OK : EXIT_FOUND;
  } catch (error) {
    progress.clear();
    return reportError(error);
  }
}

interface FindingRecord {
  readonly kind: string;
  readonly message: string;
  readonly of?: string;
  readonly resolution?: number;
  readonly at?: number;
}

function record({ kind, message, of, resolutionS, atS }: Finding): FindingRecord {
  return {
    kind,
    message,
    ...(of === undefined ? {} : { of }),
    ...(resolutionS === undefined ? {} : { resolution: resolutionS }),
    ...(atS === undefined ? {} : { at: atS }),
  };
}

function text(dir: string, report: CheckReport): string {
  const { entries, bytes, buckets, flows, names, findings, findingCount } = report;
  const read = `${entries} entries (${formatBytes(bytes)}): ${buckets} buckets, ${flows} flows, ${names} answered names`;
  if (findingCount === 0) return `${dir} is sound.\n  ${read}\n`;
  const left = findingCount - findings.length;
  return [
    `${dir} is damaged: ${findingCount} ${findingCount === 1 ? 'problem' : 'problems'}.\n`,
    entries === 0 ? '' : `  ${read}\n`,
    ...findings.map((finding) => `  ${finding.message}${where(finding)}\n`),
    left === 0 ? '' : `  and ${left} more\n`,
    `What can still be read comes out with kaipo export; a copy from kaipo db backup takes the place of the store.\n`,
  ].join('');
}

function where({ of, resolutionS, atS }: Finding): string {
  const parts = [
    of,
    resolutionS === undefined ? undefined : `buckets of ${resolutionS} s`,
    atS === undefined ? undefined : localText(atS * US_PER_S),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
