// The pages: their names, their signs, their keys, and what draws them. Owns the order of the navigation.
import type { Component } from 'svelte';
import type { IconName } from './components/icons.js';
import Alerts from './pages/Alerts.svelte';
import Applications from './pages/Applications.svelte';
import Books from './pages/Books.svelte';
import Dns from './pages/Dns.svelte';
import Flows from './pages/Flows.svelte';
import History from './pages/History.svelte';
import Hosts from './pages/Hosts.svelte';
import Now from './pages/Now.svelte';
import Settings from './pages/Settings.svelte';
import Year from './pages/Year.svelte';

export interface PageEntry {
  /** As in the address. */
  readonly id: string;
  readonly title: string;
  /** Where there is little room. */
  readonly short?: string;
  readonly icon: IconName;
  /** `g` and then this opens the page. */
  readonly key: string;
  readonly view: Component;
}

export const PAGES: readonly PageEntry[] = [
  { id: 'now', title: 'Now', icon: 'now', key: 'n', view: Now },
  { id: 'history', title: 'History', icon: 'history', key: 'h', view: History },
  { id: 'applications', title: 'Applications', short: 'Apps', icon: 'applications', key: 'a', view: Applications },
  { id: 'hosts', title: 'Hosts', icon: 'hosts', key: 'o', view: Hosts },
  { id: 'flows', title: 'Flows', icon: 'flows', key: 'f', view: Flows },
  { id: 'dns', title: 'DNS', icon: 'dns', key: 'd', view: Dns },
  { id: 'alerts', title: 'Alerts', icon: 'alerts', key: 'l', view: Alerts },
  { id: 'books', title: 'Books', icon: 'books', key: 'b', view: Books },
  { id: 'year', title: 'Year', icon: 'year', key: 'y', view: Year },
  { id: 'settings', title: 'Settings', icon: 'settings', key: 's', view: Settings },
];
