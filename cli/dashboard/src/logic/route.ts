// The address of a view: `#/history?period=7d&interface=eth0`. Owns reading and writing it. Must not know what the pages are.
// Bound: MAX_VALUES values of a name, MAX_TEXT characters each; the rest is left out.

/** Values by name, in the order they were given; a name without values is not there. */
export type RouteQuery = Readonly<Record<string, readonly string[]>>;

export interface Route {
  /** Without the slash; empty for the first page. */
  readonly page: string;
  readonly query: RouteQuery;
}

const MAX_VALUES = 32;
const MAX_TEXT = 512;

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (value === '' || value.length > MAX_TEXT || !/^[a-z_]{1,32}$/.test(name)) continue;
    const values = query[name] ?? [];
    query[name] = values;
    if (values.length < MAX_VALUES) values.push(value);
  }
  return { page: path.replace(/\/+$/, ''), query };
}

export function routeText({ page, query }: Route): string {
  const search = searchText(query);
  return `#/${page}${search === '' ? '' : `?${search}`}`;
}

/** `period=7d&interface=eth0`; signs that mean nothing here stay readable. */
export function searchText(query: RouteQuery): string {
  return Object.entries(query)
    .flatMap(([name, values]) => values.map((value) => `${name}=${readable(value)}`))
    .join('&');
}

const readable = (value: string): string =>
  encodeURIComponent(value).replaceAll('%20', '+').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/');

/** The query with some names changed; `undefined` and an empty list take a name away. */
export function changedQuery(
  query: RouteQuery,
  changes: Readonly<Record<string, string | readonly string[] | undefined>>,
): RouteQuery {
  const changed: Record<string, readonly string[]> = { ...query };
  for (const [name, value] of Object.entries(changes)) {
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    if (values.length === 0 || values[0] === '') delete changed[name];
    else changed[name] = values;
  }
  return changed;
}

/** Only some names of a query. */
export function pickedQuery(query: RouteQuery, names: readonly string[]): RouteQuery {
  return Object.fromEntries(Object.entries(query).filter(([name]) => names.includes(name)));
}
