// What rows of applications are told apart by. Owns the rule: threads and helper processes of one application are one row.
// Must not know rows.
import type { FlowOwner } from '../api/events.js';

/** The name, who runs it, and where. */
export const ownerKey = (owner: Pick<FlowOwner, 'app' | 'user' | 'unit' | 'container'>): string =>
  appKeyOf(owner, owner.app);

/** Of the row an application's flow is part of. */
export const appKeyOf = (
  { user, unit, container }: Pick<FlowOwner, 'user' | 'unit' | 'container'>,
  app: string,
): string => `${app}\n${user ?? ''}\n${container ?? unit ?? ''}`;

/** An owner with the names of its rows: they are made once a flow, not once an interval. */
export interface Owned {
  readonly owner: FlowOwner;
  readonly appKey: string;
  readonly processKey: string;
}

export function ownedBy(owner: FlowOwner): Owned {
  const appKey = ownerKey(owner);
  return { owner, appKey, processKey: `${owner.pid}\n${appKey}` };
}

/** What is true of one process only does not belong to the row of its application. */
export function withoutProcess({ startUs: _, parents: __, ...owner }: FlowOwner): FlowOwner {
  return owner;
}
