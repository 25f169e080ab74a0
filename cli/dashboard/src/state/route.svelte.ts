// Where the person is: the page and what its address asks. Owns the address of the browser. Must not know what the pages are.
import { changedQuery, parseRoute, pickedQuery, type Route, type RouteQuery, routeText } from '../logic/route.js';

/** What goes along from page to page. */
const SHARED = ['period', 'from', 'to', 'interface', 'zone'];

class CurrentRoute {
  #route = $state.raw<Route>(parseRoute(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.#route = parseRoute(location.hash);
    });
  }

  get page(): string {
    return this.#route.page;
  }

  get query(): RouteQuery {
    return this.#route.query;
  }

  /** The first value of a name. */
  value(name: string): string | undefined {
    return this.#route.query[name]?.[0];
  }

  values(name: string): readonly string[] {
    return this.#route.query[name] ?? [];
  }

  /** The address of a page, with period, interfaces and zone of this one. */
  hrefOf(page: string, changes: Readonly<Record<string, string | readonly string[] | undefined>> = {}): string {
    return routeText({ page, query: changedQuery(pickedQuery(this.#route.query, SHARED), changes) });
  }

  /** This page with some of its query changed, as an address. */
  hrefWith(changes: Readonly<Record<string, string | readonly string[] | undefined>>): string {
    return routeText({ page: this.#route.page, query: changedQuery(this.#route.query, changes) });
  }

  go(page: string, changes: Readonly<Record<string, string | readonly string[] | undefined>> = {}): void {
    location.hash = this.hrefOf(page, changes);
  }

  /** Changes the query of this page. `isStep`: a step people want to go back from; a slider on its way is not one. */
  change(changes: Readonly<Record<string, string | readonly string[] | undefined>>, isStep = true): void {
    const href = this.hrefWith(changes);
    if (href === location.hash) return;
    if (isStep) location.hash = href;
    else {
      history.replaceState(history.state, '', href);
      this.#route = parseRoute(href);
    }
  }
}

export const route = new CurrentRoute();
