// Findings and desks for tests of alerts, at a local time that is the same in every zone.

import type { Telling } from '@kaipo/core/alerts/alert-changes.js';
import { AlertDesk, type DeskOptions } from '@kaipo/core/alerts/alert-desk.js';
import { DEFAULT_DESK_SETTINGS, type DeskSettings } from '@kaipo/core/alerts/desk-settings.js';
import type { Incident } from '@kaipo/core/api/alert-sink.js';
import type { AlertRaised } from '@kaipo/core/api/events.js';

/** Local noon of a day without a change of clocks. */
export const NOON_US = new Date(2026, 10, 18, 12).getTime() * 1000;
export const MINUTE_US = 60e6;
export const HOUR_US = 60 * MINUTE_US;

export function finding(tsUs: number, more: Partial<AlertRaised> = {}): AlertRaised {
  return {
    kind: 'alert.raised',
    tsUs,
    rule: 'port-scan',
    severity: 'warning',
    subject: '10.0.0.9',
    summary: 'many ports of one host',
    evidence: { ports: 100 },
    scope: { host: '10.0.0.9', direction: 'in' },
    ...more,
  };
}

/** A desk, everything it said, and history as it would be. */
export class DeskForTest {
  desk: AlertDesk;
  readonly history = new Map<string, Incident>();
  readonly told: Telling[] = [];
  record: unknown;
  readonly #options: DeskOptions;

  constructor(settings: Partial<DeskSettings> = {}, options: Omit<DeskOptions, 'settings'> = {}) {
    this.#options = { ...options, settings: { ...DEFAULT_DESK_SETTINGS, ...settings }, keepsTellings: true };
    this.desk = new AlertDesk(NOON_US - HOUR_US, this.#options);
  }

  take(nowUs: number, ...findings: readonly AlertRaised[]): readonly Telling[] {
    return this.keep(() => this.desk.take(findings, nowUs));
  }

  /** Whatever was done to the desk. */
  keep(work: () => unknown): readonly Telling[] {
    const answer = work();
    const changes = isChanges(answer) ? answer : this.desk.changes();
    for (const incident of changes.incidents) this.history.set(incident.id, incident);
    const told = [...this.desk.tellings];
    this.desk.handedOver(new Set(told.map(({ id }) => id)));
    const record = this.desk.changes().desk ?? changes.desk;
    if (record !== undefined) this.record = record;
    this.told.push(...told);
    return told;
  }

  /** The process ends and another one goes on with what was stored. */
  restart(nowUs: number): void {
    const open = [...this.history.values()].filter((incident) => incident.resolvedUs === undefined);
    const memory = {
      record: JSON.parse(JSON.stringify(this.record ?? 0)) as unknown,
      open,
      incident: (id: string) => this.history.get(id),
    };
    this.desk = new AlertDesk(nowUs, this.#options, memory);
  }

  get incidents(): readonly Incident[] {
    return [...this.history.values()];
  }
}

const isChanges = (value: unknown): value is ReturnType<AlertDesk['take']> =>
  typeof value === 'object' && value !== null && 'incidents' in value && Array.isArray(value.incidents);

export const reasons = (tellings: readonly Telling[]): string[] => tellings.map(({ reason }) => reason);
