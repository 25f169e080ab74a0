// `kaipo alerts channels` and `kaipo alerts undelivered`: where alerts go, what waits, what was given up and why. Owns what is said;
// addresses are shown without what is secret in them.
import { join } from 'node:path';
import type { AlertChannelConfig } from '@kaipo/core/config/alert-channel-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { localText } from '@kaipo/core/query/time-range.js';
import { deliveryWords } from '../alerts/channels/parts/delivery-words.js';
import { makeChannels } from '../alerts/make-channels.js';
import { OUTBOX_FILE, readOutbox } from '../alerts/outbox-file.js';
import type { OutboxRecord } from '../alerts/outbox-record.js';
import type { DataOptions } from '../command-line/command-line.js';
import { alignedTable } from '../output/aligned-table.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { loadSettings } from '../settings/settings.js';

const US_PER_MS = 1000;

export async function runAlertChannels(options: DataOptions): Promise<number> {
  try {
    const { config, storeDir } = await loadSettings(options);
    const { channels: configs } = config.alerts;
    const { channels, problems } = makeChannels(configs);
    const records = outboxOf(storeDir);
    const rows = configs.map((channel) => {
      const mine = records.filter((record) => record.channel === channel.name);
      const fingerprint = channels.find(({ sink }) => sink.name === channel.name)?.fingerprint;
      const gone = mine.find((record) => record.kind === 'gone' && record.fingerprint === fingerprint);
      const problem = problems.find((one) => one.channel === channel.name)?.error.message ?? (gone && goneText(gone));
      return {
        name: channel.name,
        kind: channel.type,
        target: targetOf(channel),
        minSeverity: channel.minSeverity,
        rules: channel.rules,
        waiting: mine.filter(({ kind }) => kind === 'waiting').length,
        undelivered: mine.filter(({ kind }) => kind === 'dead').length,
        ...(problem !== undefined && { problem: safeText(problem, 400) }),
      };
    });
    writeAnswer(
      {
        document: { schema: 'kaipo.alert-channels/1', rows },
        records: rows.map((row) => ({ type: 'alert-channel', ...row })),
        csv: {
          columns: ['name', 'kind', 'target', 'min_severity', 'rules', 'waiting', 'undelivered', 'problem'],
          rows: rows.map((row) => [
            row.name,
            row.kind,
            row.target,
            row.minSeverity,
            row.rules.join(' '),
            row.waiting,
            row.undelivered,
            row.problem,
          ]),
        },
        table: () => channelTable(rows),
      },
      options.format,
      options.output,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

interface ChannelRow {
  readonly name: string;
  readonly kind: string;
  readonly target: string;
  readonly minSeverity: string;
  readonly rules: readonly string[];
  readonly waiting: number;
  readonly undelivered: number;
  readonly problem?: string;
}

function channelTable(rows: readonly ChannelRow[]): string {
  if (rows.length === 0) return 'Alerts are sent nowhere: no [[alerts.…]] is configured.\n';
  const table = alignedTable(
    ['Channel', 'Kind', 'To', 'From', 'Rules', 'Waiting', 'Undelivered'],
    rows.map((row) => [
      row.name,
      row.kind,
      row.target,
      row.minSeverity,
      row.rules.join(' ') || 'all',
      String(row.waiting),
      String(row.undelivered),
    ]),
  );
  const problems = rows.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}\n`]));
  return `${table}${problems.length > 0 ? '\n' : ''}${problems.join('')}`;
}

export async function runAlertsUndelivered(options: DataOptions): Promise<number> {
  try {
    const { storeDir } = await loadSettings(options);
    const rows = outboxOf(storeDir).flatMap((record) => {
      if (record.kind !== 'dead') return [];
      const { channel, delivery, failures, detail, atMs } = record;
      const { title, severity } = deliveryWords(delivery);
      return [{ at: atMs / 1000, channel, id: delivery.id, severity, title, tries: failures + 1, detail }];
    });
    writeAnswer(
      {
        document: { schema: 'kaipo.alerts-undelivered/1', rows },
        records: rows.map((row) => ({ type: 'alert-undelivered', ...row })),
        csv: {
          columns: ['at', 'channel', 'id', 'severity', 'title', 'tries', 'detail'],
          rows: rows.map((row) => Object.values(row)),
        },
        table: () =>
          rows.length === 0
            ? 'Nothing was given up.\n'
            : alignedTable(
                ['Given up', 'Channel', 'Alert', 'Why'],
                rows.map((row) => [
                  localText(row.at * 1000 * US_PER_MS),
                  row.channel,
                  row.title,
                  safeText(row.detail, 200),
                ]),
              ),
      },
      options.format,
      options.output,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}

function outboxOf(storeDir: string): readonly OutboxRecord[] {
  const path = join(storeDir, OUTBOX_FILE);
  try {
    return readOutbox(path);
  } catch (error) {
    throw new KaipoError('KAIPO_READ_FAILED', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

const goneText = ({ detail }: { readonly detail?: string }): string => `gone for ever, nothing is sent: ${detail}`;

/** Host and no more of an address: the rest is a secret more often than not. */
function targetOf(channel: AlertChannelConfig): string {
  if ('url' in channel) {
    return typeof channel.url === 'string' ? new URL(channel.url).host : (channel.url.file ?? `$${channel.url.env}`);
  }
  if (channel.type === 'syslog') return `${channel.transport} ${channel.host}:${channel.port}`;
  if (channel.type === 'email') return channel.to.join(', ');
  return channel.type === 'exec' ? safeText(channel.command[0] ?? '', 100) : 'this machine';
}
