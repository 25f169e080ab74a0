// A change of alerts on its way: to the recorder of the store while one runs, else into the store itself. Owns which of the two.
import { type AlertChange, type ChangedAlerts, changeAlerts } from '@kaipo/core/alerts/alert-change.js';
import { AlertDesk } from '@kaipo/core/alerts/alert-desk.js';
import type { KaipoConfig } from '@kaipo/core/config/kaipo-config.js';
import { wallClockUs } from '@kaipo/core/kernel/clock.js';
import { storedDesk } from '@kaipo/core/store/desk-memory.js';
import { openStore, type StoreOptions } from '@kaipo/core/store/lmdb-store.js';
import { findRecorder, requestWriter } from '../live/recorder-control.js';

const ANSWER_MS = 10_000;

/** Raises KAIPO_USAGE for what cannot be done, KAIPO_STORE_MISSING, and what a recorder or the store raises. */
export async function sendChange(
  options: StoreOptions,
  config: KaipoConfig,
  change: AlertChange,
): Promise<ChangedAlerts> {
  // A folder without a store is not made one for a mute.
  const reader = openStore({ ...options, readOnly: true });
  await reader.close();
  const recorder = await findRecorder(options);
  if (recorder?.socket !== undefined) {
    return (await requestWriter(recorder, 'alerts', { timeoutMs: ANSWER_MS, change })) as ChangedAlerts;
  }
  const store = openStore(options);
  try {
    const nowUs = wallClockUs();
    const memory = storedDesk(store);
    const desk = new AlertDesk(nowUs, { settings: config.alerts }, memory);
    const changed = changeAlerts(desk, change, nowUs, memory.incident);
    await store.append({ intervals: [], alerts: desk.changes() });
    return changed;
  } finally {
    await store.close();
  }
}
