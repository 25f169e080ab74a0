// What of a delivery is for a channel: grave enough, of its rules, and, where it has incidents of its own (PagerDuty, Alertmanager), no
// digest: nobody would ever end it. Owns that choice. A test is for whom it is sent to.
import type { Delivery } from '@kaipo/core/api/alert-sink.js';
import type { AlertChannelConfig } from '@kaipo/core/config/alert-channel-config.js';
import { severityRank } from './channels/parts/delivery-words.js';

const WITHOUT_DIGESTS: ReadonlySet<AlertChannelConfig['type']> = new Set(['pagerduty', 'alertmanager']);

/** The delivery with the incidents that are for the channel; undefined: none is. */
export function routed(channel: AlertChannelConfig, delivery: Delivery): Delivery | undefined {
  const { reason, incidents } = delivery;
  if (reason === 'test') return delivery;
  if (reason === 'resolved' && !channel.tellsResolved) return undefined;
  if (reason === 'digest' && WITHOUT_DIGESTS.has(channel.type)) return undefined;
  const least = severityRank(channel.minSeverity);
  const mine = incidents.filter(
    ({ severity, rule }) =>
      severityRank(severity) >= least && (channel.rules.length === 0 || channel.rules.includes(rule)),
  );
  if (mine.length === 0) return undefined;
  return mine.length === incidents.length ? delivery : { ...delivery, incidents: mine };
}
