// `key=value` lines of a helper's custom blocks as values. A line that does not parse makes the whole report undefined.
import type { InterfaceNotice, PrivilegeReport } from '@kaipo/capture-helper/contract/index.js';
import { safeText } from '../kernel/safe-text.js';

const MAX_LINES = 64;
const CAPABILITIES = /^[0-9a-f]{1,16}$/;

function parseLines(text: string): Map<string, string> | undefined {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const equals = line.indexOf('=');
    if (equals <= 0 || values.size >= MAX_LINES) return undefined;
    values.set(line.slice(0, equals), safeText(line.slice(equals + 1)));
  }
  return values;
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

export function parsePrivilegeReport(text: string): PrivilegeReport | undefined {
  const values = parseLines(text);
  if (values === undefined) return undefined;
  const helper = values.get('helper');
  const pid = count(values.get('pid'));
  const uid = count(values.get('uid'));
  const gid = count(values.get('gid'));
  const sets = ['capEff', 'capPrm', 'capAmb', 'capBnd'].map((key) => values.get(key) ?? '');
  if (helper !== 'native' && helper !== 'portable') return undefined;
  if (pid === undefined || uid === undefined || gid === undefined || !sets.every((set) => CAPABILITIES.test(set)))
    return undefined;
  return {
    helper,
    version: values.get('version') ?? '?',
    pid,
    uid,
    gid,
    capEff: sets[0]!,
    capPrm: sets[1]!,
    capAmb: sets[2]!,
    capBnd: sets[3]!,
    noNewPrivs: isTrue(values.get('noNewPrivs')),
    seccomp: count(values.get('seccomp')) ?? 0,
    timestamps: values.get('timestamps') === 'kernel' ? 'kernel' : 'receive',
    drops: values.get('drops') === 'counted' ? 'counted' : 'unknown',
    events: isTrue(values.get('events')),
    ringMiB: count(values.get('ringMiB')) ?? 0,
  };
}

const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true';

export function parseInterfaceNotice(text: string): InterfaceNotice | undefined {
  const values = parseLines(text);
  const interfaceId = count(values?.get('interfaceId'));
  const state = values?.get('state');
  if (values === undefined || interfaceId === undefined) return undefined;
  if (state !== 'down' && state !== 'gone' && state !== 'up') return undefined;
  return { interfaceId, name: values.get('name') ?? `interface ${interfaceId}`, state };
}
