// How the rows of one kind are read under a filter: which series hold them, which rows count, who a row belongs to.
// Must not know lmdb. Bound: one mark an id.
import { OTHER_ID, OTHER_NAME, type SeriesKind, type SeriesName } from '../store/series-kind.js';
import type { StoreView } from '../store/store.js';
import type { Filter } from './history-answers.js';
import { interfacesOf, isFiltered, nameFilter, scopeFilter, type WantedName } from './history-filter.js';
import type { RowIdentity, SeriesTest } from './history-id-sums.js';

export interface SeriesReading {
  /** The series to read. */
  readonly kind: SeriesKind;
  /** Undefined: every row counts. */
  readonly counts: SeriesTest | undefined;
  /** Whose a row is; OTHER_ID for what the store itself summed as "other". */
  readonly identity: RowIdentity;
  nameOf(id: number): SeriesName;
}

/** `name`: only names with this in them, or this one. */
export function seriesReading(
  view: StoreView,
  kind: SeriesKind,
  filter: Filter | undefined,
  name?: WantedName,
): SeriesReading {
  if (kind === 'interface' && filter?.zone !== undefined) return zonedInterfaces(view, filter, name);
  const inScope = kind === 'interface' ? undefined : scopeFilter(view, filter);
  const wantedId = wantedIds(view, kind, filter, name);
  return {
    kind,
    counts: bothOf(inScope && ((_, scope) => inScope(scope)), wantedId),
    identity: 'id',
    nameOf: (id) => view.nameOf(kind, id),
  };
}

function bothOf(first: SeriesTest | undefined, second: SeriesTest | undefined): SeriesTest | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return (id, scope) => first(id, scope) && second(id, scope);
}

/** Counters know no zones: interfaces by zone are what was captured on them. Their ids are scopes. */
function zonedInterfaces(view: StoreView, filter: Filter, name: WantedName | undefined): SeriesReading {
  const inScope = scopeFilter(view, filter)!;
  const hasName = nameFilter(name);
  const interfaceOf = (scopeId: number): string => view.scopeOf(scopeId).interface ?? OTHER_NAME;
  const fits = remembered((scopeId) => inScope(scopeId) && (hasName?.([interfaceOf(scopeId)]) ?? true));
  return {
    kind: 'protocol',
    counts: (_, scope) => fits(scope),
    identity: 'scope',
    nameOf: (scopeId) => ({ name: interfaceOf(scopeId) }),
  };
}

function wantedIds(
  view: StoreView,
  kind: SeriesKind,
  filter: Filter | undefined,
  part: WantedName | undefined,
): ((id: number) => boolean) | undefined {
  const hasName = nameFilter(part);
  const interfaces = kind === 'interface' && isFiltered(filter) ? interfacesOf(filter) : undefined;
  if (hasName === undefined && interfaces === undefined) return undefined;
  return remembered((id) => {
    // What the store summed as "other" has no name that could fit.
    if (id === OTHER_ID) return false;
    const { name, exe, unit, container } = view.nameOf(kind, id);
    return (hasName?.([name, exe, unit, container]) ?? true) && (interfaces?.has(name) ?? true);
  });
}

function remembered(test: (id: number) => boolean): (id: number) => boolean {
  const known: (boolean | undefined)[] = [];
  return (id) => {
    known[id] ??= test(id);
    return known[id];
  };
}
