// What the dashboard remembers of a person from one run to the next: how they look at things, and which alerts they muted. Owns: the file,
// $XDG_STATE_HOME/kaipo/live.json. Must not know: terminals. Bound: MAX_BYTES; what is damaged or unknown is left out, never an error.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import type { AlertMute } from '../tui/alert-mutes.js';
import { THEME_NAMES } from '../tui/themes.js';
import { PANE_IDS, type ViewChoices } from '../tui/view-state.js';

export interface LiveState {
  readonly choices: Partial<ViewChoices>;
  readonly mutes: readonly AlertMute[];
}

const MAX_BYTES = 262_144;
const MAX_TEXT = 256;
const NOTHING: LiveState = { choices: {}, mutes: [] };

/** What may be remembered of each choice. */
const CHOICES: { readonly [Name in keyof ViewChoices]: readonly ViewChoices[Name][] } = {
  focus: PANE_IDS,
  units: ['bits', 'bytes'],
  prefix: ['si', 'iec'],
  mode: ['rate', 'total'],
  names: [true, false],
  theme: THEME_NAMES,
  tree: [true, false],
  zoomed: [true, false],
};

export function liveStatePath(env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  const given = env['XDG_STATE_HOME'];
  const base = given !== undefined && isAbsolute(given) ? given : join(home, '.local', 'state');
  return join(base, 'kaipo', 'live.json');
}

export function readLiveState(path = liveStatePath()): LiveState {
  try {
    if (statSync(path).size > MAX_BYTES) return NOTHING;
    const { choices, mutes } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    return { choices: choicesOf(choices), mutes: Array.isArray(mutes) ? mutes.flatMap(muteOf) : [] };
  } catch {
    return NOTHING;
  }
}

/** Whole or not at all. What cannot be written is forgotten: nobody lost more than a preference. */
export function writeLiveState(state: LiveState, path = liveStatePath()): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const beside = `${path}.${process.pid}`;
    writeFileSync(beside, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(beside, path);
    return true;
  } catch {
    return false;
  }
}

function choicesOf(value: unknown): Partial<ViewChoices> {
  if (typeof value !== 'object' || value === null) return {};
  const given = value as Record<string, unknown>;
  const known = Object.entries(CHOICES).filter(([name, allowed]) => (allowed as unknown[]).includes(given[name]));
  return Object.fromEntries(known.map(([name]) => [name, given[name]]));
}

function muteOf(value: unknown): AlertMute[] {
  if (typeof value !== 'object' || value === null) return [];
  const { rule, subject, reason, sinceUs, untilUs } = value as Record<string, unknown>;
  if (typeof rule !== 'string' || typeof subject !== 'string' || typeof sinceUs !== 'number') return [];
  const text = (given: unknown): string => (typeof given === 'string' ? safeText(given, MAX_TEXT) : '');
  const until = typeof untilUs === 'number' ? { untilUs } : {};
  return [{ rule: text(rule), subject: text(subject), reason: text(reason), sinceUs, ...until }];
}
