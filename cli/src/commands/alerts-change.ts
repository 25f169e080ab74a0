// `kaipo alerts mute`, `unmute` and `ack`: what a person does to alerts, and what came of it.
import type { AlertChange } from '@kaipo/core/alerts/alert-change.js';
import type { MuteScope } from '@kaipo/core/alerts/alert-mute.js';
import { parseDuration } from '@kaipo/core/config/config-units.js';
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK } from '@kaipo/core/kernel/exit-codes.js';
import { alertRecord, muteRecord } from '../alerts/alert-record.js';
import { sendChange } from '../alerts/send-change.js';
import type { DataOptions } from '../command-line/command-line.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { loadSettings, storeOptions } from '../settings/settings.js';
import { alertText, muteText } from './alerts.js';

const US_PER_S = 1_000_000;

export interface MuteOptions extends DataOptions {
  readonly scope: MuteScope;
  readonly reason: string;
  /** 30m, 8h, 7d, forever. */
  readonly length: string;
}

export async function runMute(options: MuteOptions): Promise<number> {
  const { scope, reason, length } = options;
  const lengthS = parseDuration(length);
  if (lengthS === undefined || lengthS <= 0) {
    return reportError(
      new KaipoError('KAIPO_USAGE', `"${length}" is no length of time`, 'write 30m, 8h, 7d or forever'),
    );
  }
  const isForEver = lengthS === Number.POSITIVE_INFINITY;
  const untilUs = wallClockUs() + lengthS * US_PER_S;
  return changed(options, { do: 'mute', scope, reason, ...(!isForEver && { untilUs }) });
}

export const runUnmute = (options: DataOptions, id: string): Promise<number> => changed(options, { do: 'unmute', id });

export const runAck = (options: DataOptions, id: string, note?: string): Promise<number> =>
  changed(options, { do: 'acknowledge', id, ...(note !== undefined && { note }) });

async function changed(options: DataOptions, change: AlertChange): Promise<number> {
  try {
    const { config } = await loadSettings(options);
    const { mute, incident } = await sendChange(storeOptions(config), config, change);
    const nowUs = wallClockUs();
    const record =
      incident === undefined ? { ...(mute && muteRecord(mute, nowUs)), done: change.do } : alertRecord(incident);
    const columns = Object.keys(record);
    writeAnswer(
      {
        document: { schema: incident === undefined ? 'kaipo.mute/1' : 'kaipo.alert/1', ...record },
        records: [record],
        csv: {
          columns,
          rows: [Object.values(record).map((value) => (typeof value === 'number' ? value : String(value)))],
        },
        table: () =>
          `${change.do === 'unmute' ? 'gone: ' : ''}${mute === undefined ? '' : muteText(mute, nowUs)}${incident === undefined ? '' : alertText(incident)}`,
      },
      options.format,
      options.output,
    );
    return EXIT_OK;
  } catch (error) {
    return reportError(error);
  }
}
