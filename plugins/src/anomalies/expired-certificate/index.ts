// A server shows a certificate that is not valid at the time of the connection, and the connection goes on. Owns: when that is worth telling.
// Bound: that of `Said`.
import type { CertificateDetails, Detector, EventWriter, FlowRecord, KaipoEvent } from '@kaipo/core/api/index.js';
import { defineRule } from '../parts/define-rule.js';
import { flowEvidence, hours, scopeOf, serverText } from '../parts/flow-words.js';
import { isLocalAddress } from '../parts/local-address.js';
import { Said } from '../parts/said.js';

const RULE = 'expired-certificate';
const DAY_S = 86_400;
/** Clocks differ; who shows a certificate made a minute ago is no liar. */
const SLACK_S = 3_600;

export const expiredCertificatePlugin = defineRule({
  rule: RULE,
  title: 'Certificates that have expired, or are not valid yet',
  meaning:
    'A server showed a certificate outside its time, so nobody vouches for it any more: forgotten, or not the server it says it is.',
  falsePositives:
    'A clock that is wrong, here or at the device. Devices in the own network often show certificates that expired years ago: information. ' +
    'TLS 1.3 hides certificates: there nothing is seen.',
  severity: 'warning',
  settings: {},
  quietUs: hours(24),
  create: () => new ExpiredCertificate(),
});

class ExpiredCertificate implements Detector {
  readonly wants = ['flow.ended'] as const;
  readonly #said = new Said(hours(1));

  onEvents(events: readonly KaipoEvent[], out: EventWriter): void {
    for (const event of events) {
      if (event.kind !== 'flow.ended' || event.flow.certificate === undefined) continue;
      const { flow } = event;
      const fault = faultOf(event.flow.certificate, flow.startUs / 1e6);
      if (fault === undefined) continue;
      const key = serverText(flow);
      if (this.#said.may(key, event.tsUs))
        out.write({
          kind: 'alert.raised',
          tsUs: event.tsUs,
          rule: RULE,
          severity: isLocalAddress(flow.server.ip) ? 'info' : 'warning',
          subject: key,
          summary: `${key} showed ${flow.client.ip} a certificate that ${fault}`,
          evidence: { ...flowEvidence(flow), ...certificateEvidence(flow) },
          key,
          scope: scopeOf(flow),
        });
    }
  }
}

function faultOf({ notBefore, notAfter }: CertificateDetails, nowS: number): string | undefined {
  if (notAfter !== undefined && notAfter + SLACK_S < nowS)
    return `expired ${dayText(notAfter)}, ${daysText(nowS - notAfter)} before`;
  if (notBefore !== undefined && notBefore - SLACK_S > nowS)
    return `is valid from ${dayText(notBefore)} only, ${daysText(notBefore - nowS)} later`;
  return undefined;
}

function daysText(passedS: number): string {
  const days = Math.round(passedS / DAY_S);
  return days === 1 ? '1 day' : days === 0 ? 'hours' : `${days} days`;
}

/** Dates far away are no dates for JavaScript. */
function dayText(atS: number): string {
  const date = new Date(atS * 1000);
  return Number.isNaN(date.getTime()) ? `at ${atS} s` : date.toISOString().slice(0, 10);
}

function certificateEvidence(flow: FlowRecord): Record<string, string> {
  const { subject, issuer, notBefore, notAfter } = flow.certificate ?? {};
  return {
    ...(subject === undefined ? {} : { subject }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(notBefore === undefined ? {} : { validFrom: dayText(notBefore) }),
    ...(notAfter === undefined ? {} : { validTo: dayText(notAfter) }),
  };
}
