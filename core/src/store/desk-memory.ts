// What a store knows of alerts, as their desk takes it up. Owns nothing but the reading.
import type { Incident } from '../api/alert-sink.js';
import type { StoreReader } from './store.js';

export interface StoredDesk {
  readonly record: unknown;
  readonly open: readonly Incident[];
  incident(id: string): Incident | undefined;
}

export function storedDesk(store: StoreReader): StoredDesk {
  return {
    ...store.view((view) => ({ record: view.alertDesk(), open: view.openIncidents() })),
    incident: (id) => store.view((view) => view.incident(id)),
  };
}
