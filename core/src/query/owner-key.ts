// What rows of applications are told apart by. Owns the rule: threads and helper processes of one application are one row.
// Must not know rows.
import type { FlowOwner } from '../api/events.js';

/** The name, who runs it, and where. */
export const ownerKey = ({ app, user, unit, container }: Omit<FlowOwner, 'quality'>): string =>
  `${app}\n${user ?? ''}\n${container ?? unit ?? ''}`;

/** What is true of one process only does not belong to the row of its application. */
export function withoutProcess({ startUs: _, parents: __, ...owner }: FlowOwner): FlowOwner {
  return owner;
}
