// `kaipo alerts test CHANNEL`: one test, sent now, past the outbox. Exit 0: it was delivered.
import type { AlertChannelConfig } from '@kaipo/core/config/alert-channel-config.js';
import { KaipoError } from '@kaipo/core/kernel/errors.js';
import { EXIT_OK, EXIT_UNAVAILABLE } from '@kaipo/core/kernel/exit-codes.js';
import { nearestName } from '@kaipo/core/kernel/nearest-name.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { makeSink } from '../alerts/make-channels.js';
import { testDelivery } from '../alerts/test-delivery.js';
import type { DataOptions } from '../command-line/command-line.js';
import { writeAnswer } from '../output/data-output.js';
import { reportError } from '../output/report-error.js';
import { loadSettings } from '../settings/settings.js';

const US_PER_MS = 1000;

export async function runAlertTest(name: string, options: DataOptions): Promise<number> {
  try {
    const { channels } = (await loadSettings(options)).config.alerts;
    const config = channels.find((channel) => channel.name === name);
    if (config === undefined) throw unknownChannel(name, channels);
    const sink = makeSink(config);
    const delivery = testDelivery(name, Date.now() * US_PER_MS);
    const outcome = await sink.deliver(delivery, new AbortController().signal);
    await sink.close?.();
    const detail = 'detail' in outcome ? outcome.detail : undefined;
    const isDelivered = outcome.kind === 'delivered';
    const shown = {
      channel: name,
      kind: config.type,
      outcome: outcome.kind,
      id: delivery.id,
      ...(detail && { detail }),
    };
    writeAnswer(
      {
        document: { schema: 'kaipo.alert-test/1', ...shown },
        records: [{ type: 'alert-test', ...shown }],
        csv: { columns: ['channel', 'outcome', 'detail'], rows: [[name, outcome.kind, detail]] },
        table: () =>
          isDelivered ? `Delivered to "${name}" (${config.type}).\n` : `Not delivered to "${name}": ${detail}\n`,
      },
      options.format,
      options.output,
    );
    return isDelivered ? EXIT_OK : EXIT_UNAVAILABLE;
  } catch (error) {
    return reportError(error);
  }
}

function unknownChannel(name: string, channels: readonly AlertChannelConfig[]): KaipoError {
  const shown = safeText(name, 64);
  if (channels.length === 0) {
    return new KaipoError('KAIPO_USAGE', 'no channel of alerts is configured', 'kaipo config init');
  }
  const names = channels.map((channel) => channel.name);
  const near = nearestName(name, names);
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean "${near}"?`;
  return new KaipoError('KAIPO_USAGE', `there is no channel "${shown}"; ${hint}`, 'kaipo alerts channels');
}
