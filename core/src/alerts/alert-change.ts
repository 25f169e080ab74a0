// What a person does to alerts, as a message that may come from another process: checked, then done. Owns the words. Must not know who sends it.
import type { Incident } from '../api/alert-sink.js';
import { KaipoError } from '../kernel/errors.js';
import { type AlertDesk, noIncident } from './alert-desk.js';
import { type AlertMute, checkedScope, type MuteScope } from './alert-mute.js';

export type AlertChange =
  | { readonly do: 'mute'; readonly scope: MuteScope; readonly reason: string; readonly untilUs?: number }
  | { readonly do: 'unmute'; readonly id: string }
  | { readonly do: 'acknowledge'; readonly id: string; readonly note?: string };

export interface ChangedAlerts {
  readonly mute?: AlertMute;
  readonly incident?: Incident;
}

/** Raises KAIPO_USAGE for what cannot be done. `incident`: those of history. */
export function changeAlerts(
  desk: AlertDesk,
  change: unknown,
  nowUs: number,
  incident: (id: string) => Incident | undefined,
): ChangedAlerts {
  const given = (typeof change === 'object' && change !== null ? change : {}) as Readonly<Record<string, unknown>>;
  const { id = '', scope, reason = '', untilUs, note } = given;
  const isSound =
    typeof id === 'string' &&
    typeof reason === 'string' &&
    (note === undefined || typeof note === 'string') &&
    (untilUs === undefined || (typeof untilUs === 'number' && Number.isFinite(untilUs)));
  if (isSound && given['do'] === 'mute' && typeof scope === 'object' && scope !== null) {
    return { mute: desk.mute(checkedScope(scope as Readonly<Record<string, unknown>>), reason, nowUs, untilUs) };
  }
  if (isSound && given['do'] === 'unmute') return { mute: desk.unmute(id) };
  if (isSound && given['do'] === 'acknowledge') {
    const known = incident(id);
    if (known === undefined) throw noIncident(id);
    return { incident: desk.acknowledge(known, nowUs, note) };
  }
  throw new KaipoError('KAIPO_USAGE', 'that is nothing that can be done to alerts');
}
