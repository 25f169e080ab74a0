// A flow of history, as detectors see it. Owns: that a detector which asks for what history does not keep is found out, so that its silence
// is not taken for an answer. Bound: one name for each such field.
import type { FlowEnded, FlowRecord } from '../../api/events.js';

/** Known of live flows only. */
const NOT_KEPT = [
  'tlsVersion',
  'tlsCipher',
  'alpn',
  'alpnChosen',
  'ja3',
  'ja3s',
  'ja4',
  'ech',
  'certificate',
  'quicVersion',
  'clientSoftware',
  'serverSoftware',
  'contentType',
  'hassh',
  'hasshServer',
  'hostKey',
  'deviceName',
  'deviceVendor',
  'userName',
  'subject',
  'health',
  'category',
  'serverAsn',
  'serverNetwork',
  'serverCountry',
] as const satisfies readonly (keyof FlowRecord)[];

/** Makes flows whose missing fields, when they are asked for, are noted in `missed`. */
export function storedFlows(missed: Set<string>): (flow: FlowRecord) => FlowEnded {
  const asked = Object.defineProperties(
    {},
    Object.fromEntries(
      NOT_KEPT.map((field) => [
        field,
        {
          get: () => {
            missed.add(field);
            return undefined;
          },
        },
      ]),
    ),
  );
  return (flow) => ({
    kind: 'flow.ended',
    tsUs: flow.endUs,
    reason: 'closed',
    flow: Object.assign(Object.create(asked) as FlowRecord, flow),
  });
}
