// A scope (interface and zone) as one name of the dictionary, and back. Owns the text; part of the file format.

import type { Scope } from '../api/interval-record.js';
import { ZONES, type Zone } from '../kernel/traffic-words.js';

/** `internet eth0`, `- eth0`, `lan `: the zone first, it has no spaces. */
export function scopeName(scope: Scope): string {
  return `${scope.zone ?? '-'} ${scope.interface ?? ''}`;
}

export function parseScopeName(name: string): Scope {
  const space = name.indexOf(' ');
  const zone = name.slice(0, space);
  const interfaceName = name.slice(space + 1);
  return {
    ...(interfaceName === '' || space < 0 ? {} : { interface: interfaceName }),
    ...((ZONES as readonly string[]).includes(zone) ? { zone: zone as Zone } : {}),
  };
}
