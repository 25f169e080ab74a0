// The life of alerts: findings come in, incidents and what is to be told come out. Owns who is told what and when; nothing is lost by not being
// told, every incident is in history with the reason. Pure: time is an argument. Must not know the store, channels or plugins.
// Bounds: those of OpenIncidents, MuteList, DigestList, ToldList; MAX_LATE ends that wait for the end of quiet hours.
import type { DeliveryReason, Incident } from '../api/alert-sink.js';
import type { AlertRaised } from '../api/events.js';
import { KaipoError } from '../kernel/errors.js';
import { safeText } from '../kernel/safe-text.js';
import type { AlertChanges, DeskRecord, Telling } from './alert-changes.js';
import type { AlertMute, MuteScope } from './alert-mute.js';
import { DailyBudget } from './daily-budget.js';
import { parseDeskRecord } from './desk-record.js';
import { DEFAULT_DESK_SETTINGS, type DeskSettings, isQuiet, nextClockTime, rankOf } from './desk-settings.js';
import { DigestList } from './digest-list.js';
import { MuteList } from './mute-list.js';
import { OpenIncidents } from './open-incidents.js';
import { ToldList } from './told-list.js';

const DEFAULT_QUIET_US = 600e6;
/** No incident waits longer for its next finding. */
const MAX_QUIET_US = 7 * 86_400e6;
const MAX_LATE = 1024;
const MAX_NOTE = 256;

export interface DeskOptions {
  readonly settings?: DeskSettings;
  /** As the rule says: without a finding for so long an incident is over. */
  quietUsOf?(rule: string): number | undefined;
  /** Somebody delivers: tellings are kept until they are handed over. */
  readonly keepsTellings?: boolean;
}

/** What is in the store, to go on with. */
export interface DeskMemory {
  /** As it was handed out last, unchecked. */
  readonly record: unknown;
  readonly open: readonly Incident[];
  incident(id: string): Incident | undefined;
}

export interface DeskCounts {
  readonly open: number;
  readonly overflowed: number;
  readonly refused: number;
  readonly leftOutOfDigest: number;
  readonly lostTellings: number;
}

export class AlertDesk {
  settings: DeskSettings;
  readonly #options: DeskOptions;
  readonly #open: OpenIncidents;
  readonly #mutes: MuteList;
  readonly #budget: DailyBudget;
  readonly #digest: DigestList;
  readonly #told: ToldList;
  readonly #late = new Map<string, Incident>();
  #nextDigestUs: number;
  readonly #changed = new Map<string, Incident>();
  #isRecordChanged = false;
  #lostEnds = 0;

  constructor(nowUs: number, options: DeskOptions = {}, memory?: DeskMemory) {
    this.settings = options.settings ?? DEFAULT_DESK_SETTINGS;
    this.#options = options;
    const record = parseDeskRecord(memory?.record);
    const known = (ids: readonly string[] = []): Incident[] =>
      ids.map((id) => memory?.incident(id)).filter((incident) => incident !== undefined);
    this.#open = new OpenIncidents(memory?.open ?? [], record?.incidents ?? 0);
    this.#mutes = new MuteList(record?.mutes, record?.lastMuteId);
    this.#budget = new DailyBudget(record?.budget);
    this.#digest = new DigestList(known(record?.waiting));
    this.#told = new ToldList(record?.tellings);
    for (const incident of known(record?.late)) this.#late.set(incident.id, incident);
    // A clock that was set back, another time of day: never later than the next one.
    const nextUs = nextClockTime(this.settings.digestAtMin, nowUs);
    this.#nextDigestUs = Math.min(record?.nextDigestUs ?? nextUs, nextUs);
  }

  get mutes(): readonly AlertMute[] {
    return this.#mutes.list;
  }

  /** Told, and not yet handed over. */
  get tellings(): readonly Telling[] {
    return this.#told.list;
  }

  get counts(): DeskCounts {
    return {
      open: this.#open.size,
      overflowed: this.#open.overflowed,
      refused: this.#open.refused,
      leftOutOfDigest: this.#digest.leftOut,
      lostTellings: this.#told.lost + this.#lostEnds,
    };
  }

  /** Of one interval, with its end as `nowUs`. */
  take(findings: readonly AlertRaised[], nowUs: number): AlertChanges {
    for (const finding of findings) this.#find(finding, nowUs);
    for (const incident of this.#open.values()) {
      if (nowUs - incident.lastUs >= this.#quietUs(incident)) this.#resolve(incident, nowUs, nowUs);
    }
    if (this.#late.size > 0 && !isQuiet(this.settings, nowUs)) this.#tellLate(nowUs);
    this.#tellDigest(nowUs);
    return this.changes();
  }

  /** What changed since it was asked the last time. */
  changes(): AlertChanges {
    const incidents = [...this.#changed.values()];
    this.#changed.clear();
    const isRecordChanged = this.#isRecordChanged;
    this.#isRecordChanged = false;
    return { incidents, ...(isRecordChanged && { desk: this.#record() }) };
  }

  /** From now on they are not told. Raises KAIPO_USAGE like MuteList. */
  mute(scope: MuteScope, reason: string, nowUs: number, untilUs?: number): AlertMute {
    const { id } = this.#mutes.add(scope, reason, nowUs, untilUs);
    for (const incident of new Set([...this.#open.values(), ...this.#digest.gravestFirst()])) {
      const isHeld = incident.told === undefined && incident.heldBack !== 'muted';
      const mute = isHeld ? this.#mutes.muting(incident, nowUs) : undefined;
      if (mute !== undefined) this.#hold(incident, 'muted', mute);
    }
    this.#isRecordChanged = true;
    return this.#mutes.list.find((mute) => mute.id === id)!;
  }

  unmute(id: string): AlertMute {
    const mute = this.#mutes.remove(id);
    this.#isRecordChanged = true;
    return mute;
  }

  /** Somebody knows of it: it is told again only when it becomes graver than it was told, or is over. */
  acknowledge(given: Incident, nowUs: number, note?: string): Incident {
    const present = this.#open.get(given.id) ?? given;
    const text = safeText(note?.trim() ?? '', MAX_NOTE);
    const incident = { ...present, acknowledged: { atUs: nowUs, ...(text !== '' && { note: text }) } };
    if (this.#digest.remove(incident.id)) this.#isRecordChanged = true;
    this.#put(incident);
    return incident;
  }

  /** They are kept by who delivers them. */
  handedOver(ids: ReadonlySet<string>): void {
    if (this.#told.remove(ids)) this.#isRecordChanged = true;
  }

  #find(finding: AlertRaised, nowUs: number): void {
    const incident = this.#open.find(finding, nowUs);
    if (incident === undefined) return;
    if (finding.isOver === true) this.#resolve(incident, Math.min(finding.tsUs, nowUs), nowUs);
    else this.#consider(incident, nowUs);
    // Ids are made of their number.
    if (incident.count === 1) this.#isRecordChanged = true;
  }

  #consider(incident: Incident, nowUs: number): void {
    const { id, severity, told, heldBack } = incident;
    const isNew = told === undefined;
    const isKnown = isNew && incident.acknowledged !== undefined;
    if (isKnown || (!isNew && rankOf(severity) <= rankOf(told))) {
      this.#put(incident);
      return;
    }
    const mute = this.#mutes.muting(incident, nowUs);
    const { settings } = this;
    if (mute !== undefined) this.#hold(incident, 'muted', mute);
    // What the budget of a day kept back stays so, unless it becomes graver.
    else if (heldBack !== 'quiet-hours' && this.#digest.get(id)?.severity === severity) this.#put(incident);
    else if (rankOf(severity) < rankOf(settings.atOnceFrom)) this.#hold(incident, 'budget');
    else if (this.#mustWait(incident, nowUs)) this.#hold(incident, 'quiet-hours');
    else if (!this.#budget.spend(severity, settings.dailyBudget, nowUs)) this.#hold(incident, 'budget');
    else {
      const { heldBack: _, ...rest } = incident;
      const toldNow = { ...rest, told: severity };
      this.#digest.remove(id);
      this.#put(toldNow);
      this.#tell(isNew ? 'opened' : 'updated', toldNow, nowUs);
    }
  }

  #mustWait({ severity }: Incident, nowUs: number): boolean {
    return isQuiet(this.settings, nowUs) && !(severity === 'critical' && this.settings.criticalAlways);
  }

  #hold(incident: Incident, why: NonNullable<Incident['heldBack']>, mute?: AlertMute): void {
    const isNew = incident.told === undefined;
    if (mute !== undefined && isNew && incident.heldBack !== 'muted') {
      this.#mutes.countHeld(mute);
      this.#isRecordChanged = true;
    }
    // One that was told once stays so: its end is told, too.
    const held = isNew ? { ...incident, heldBack: why } : incident;
    const isWaiting = this.#digest.get(held.id) !== undefined;
    if (why === 'muted') this.#digest.remove(held.id);
    else this.#digest.put(held);
    if (isWaiting !== (why !== 'muted')) this.#isRecordChanged = true;
    this.#put(held);
  }

  #resolve(incident: Incident, atUs: number, nowUs: number): void {
    const resolved = { ...incident, resolvedUs: Math.max(atUs, incident.firstUs) };
    this.#put(resolved);
    this.#open.remove(resolved);
    if (resolved.told === undefined || resolved.heldBack !== undefined) return;
    if (!this.#mustWait(resolved, nowUs)) {
      this.#tell('resolved', resolved, nowUs);
      return;
    }
    if (this.#late.size >= MAX_LATE) this.#lostEnds += 1;
    else this.#late.set(resolved.id, resolved);
    this.#isRecordChanged = true;
  }

  #tellLate(nowUs: number): void {
    for (const incident of this.#late.values()) this.#tell('resolved', incident, nowUs);
    this.#late.clear();
    this.#isRecordChanged = true;
  }

  #tellDigest(nowUs: number): void {
    if (nowUs < this.#nextDigestUs || isQuiet(this.settings, nowUs)) return;
    this.#nextDigestUs = nextClockTime(this.settings.digestAtMin, nowUs);
    // Without an alert ever nothing is written.
    if (this.#open.made > 0) this.#isRecordChanged = true;
    const incidents = this.#digest.take().map((incident) => ({ ...incident, told: incident.severity }));
    if (incidents.length === 0) return;
    for (const incident of incidents) this.#put(incident);
    const id = `digest.${incidents[0]!.id}.${Math.floor(nowUs / 1e6)}`;
    if (this.#options.keepsTellings === true) this.#told.add({ id, reason: 'digest', atUs: nowUs, incidents });
  }

  #tell(reason: DeliveryReason, incident: Incident, nowUs: number): void {
    this.#isRecordChanged = true;
    if (this.#options.keepsTellings !== true) return;
    const id = `${incident.id}.${reason}${reason === 'updated' ? `.${incident.severity}` : ''}`;
    this.#told.add({ id, reason, atUs: nowUs, incidents: [incident] });
  }

  #put(incident: Incident): void {
    this.#open.put(incident);
    if (this.#digest.get(incident.id) !== undefined) this.#digest.put(incident);
    this.#changed.set(incident.id, incident);
  }

  #quietUs({ rule, quietUs }: Incident): number {
    return Math.min(quietUs ?? this.#options.quietUsOf?.(rule) ?? DEFAULT_QUIET_US, MAX_QUIET_US);
  }

  #record(): DeskRecord {
    return {
      version: 1,
      mutes: this.#mutes.list,
      lastMuteId: this.#mutes.lastId,
      budget: this.#budget.record,
      nextDigestUs: this.#nextDigestUs,
      waiting: this.#digest.ids,
      late: [...this.#late.keys()],
      incidents: this.#open.made,
      tellings: this.#told.list,
    };
  }
}

/** Of an id somebody wrote. */
export const noIncident = (id: string): KaipoError =>
  new KaipoError('KAIPO_USAGE', `there is no alert ${safeText(id)}`, 'kaipo alerts');
