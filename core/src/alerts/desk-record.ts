// What the desk remembered, read back: from a store that may be older or damaged. Owns the check: what does not fit is as if it were not there.
import type { DeskRecord, Telling } from './alert-changes.js';
import type { AlertMute } from './alert-mute.js';

type Fields = Readonly<Record<string, unknown>>;

export function parseDeskRecord(saved: unknown): DeskRecord | undefined {
  if (!isFields(saved) || saved['version'] !== 1) return undefined;
  const { mutes, lastMuteId, budget, nextDigestUs, waiting, late, incidents, tellings } = saved;
  return {
    version: 1,
    mutes: listOf(mutes, isMute),
    lastMuteId: numberOf(lastMuteId),
    budget: isFields(budget)
      ? { day: numberOf(budget['day']), told: listOf(budget['told'], isNumber) }
      : { day: 0, told: [] },
    nextDigestUs: numberOf(nextDigestUs),
    waiting: listOf(waiting, isText),
    late: listOf(late, isText),
    incidents: numberOf(incidents),
    tellings: listOf(tellings, isTelling),
  };
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const numberOf = (value: unknown): number => (isNumber(value) ? value : 0);
const isAbsentOr = (value: unknown, fits: (value: unknown) => boolean): boolean => value === undefined || fits(value);

function listOf<Item>(value: unknown, fits: (value: unknown) => value is Item): readonly Item[] {
  return Array.isArray(value) ? value.filter(fits) : [];
}

function isMute(value: unknown): value is AlertMute {
  if (!isFields(value)) return false;
  const texts = ['rule', 'subject', 'app', 'host', 'interface', 'direction'];
  return (
    isText(value['id']) &&
    isText(value['reason']) &&
    isNumber(value['sinceUs']) &&
    isNumber(value['held']) &&
    isAbsentOr(value['untilUs'], isNumber) &&
    isAbsentOr(value['port'], isNumber) &&
    texts.every((name) => isAbsentOr(value[name], isText)) &&
    [...texts, 'port'].some((name) => value[name] !== undefined)
  );
}

function isTelling(value: unknown): value is Telling {
  return (
    isFields(value) &&
    isText(value['id']) &&
    isText(value['reason']) &&
    isNumber(value['atUs']) &&
    Array.isArray(value['incidents'])
  );
}
