// Which rows a filter lets through: scopes of packets, names of interfaces. Must not know lmdb. Bound: one byte a scope id.
import type { Scope } from '../api/interval-record.js';
import type { StoreView } from '../store/store.js';
import type { Filter } from './history-answers.js';

/** Is there anything to filter by? */
export function isFiltered(filter: Filter | undefined): filter is Filter {
  return filter !== undefined && (filter.zone !== undefined || interfacesOf(filter) !== undefined);
}

/** The names an interface filter lets through; undefined: all. */
export function interfacesOf({ interface: given }: Filter): ReadonlySet<string> | undefined {
  if (given === undefined || given.length === 0) return undefined;
  return new Set(typeof given === 'string' ? [given] : given);
}

/** Does a scope id fit? Undefined when everything fits. A row without an interface or zone fits no filter that asks for one. */
export function scopeFilter(view: StoreView, filter: Filter | undefined): ((scopeId: number) => boolean) | undefined {
  if (!isFiltered(filter)) return undefined;
  const names = interfacesOf(filter);
  const { zone } = filter;
  const fits = ({ interface: name, zone: seen }: Scope): boolean =>
    (names === undefined || (name !== undefined && names.has(name))) && (zone === undefined || seen === zone);
  const known: (boolean | undefined)[] = [];
  return (scopeId) => {
    known[scopeId] ??= fits(view.scopeOf(scopeId));
    return known[scopeId];
  };
}

/** What a name is asked for by: a part of it, or the whole of it. */
export type WantedName = string | { readonly is: string };

/**
 * As `name` of a question says: a part is looked for in the name, path, unit or container, whatever the case; a whole name is the first
 * of the texts, as it is.
 */
export function nameFilter(
  wanted: WantedName | undefined,
): ((texts: readonly (string | undefined)[]) => boolean) | undefined {
  if (wanted === undefined || wanted === '') return undefined;
  if (typeof wanted !== 'string') return ([name]) => name === wanted.is;
  const part = wanted.toLowerCase();
  return (texts) => texts.some((text) => text?.toLowerCase().includes(part));
}
