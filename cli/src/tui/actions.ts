// Everything a key can do. Owns: the usual keys of actions, the words for footer and help. Must not know: what an action changes.
// Keys are named as people write them: `q`, `G`, `ctrl-d`, `shift-tab`, `left`.
import { LIVE_ACTIONS, type LiveAction } from '@kaipo/core/config/live-actions.js';

export type ActionName = LiveAction;

export const ACTION_GROUPS = ['Move', 'Panes', 'Rows', 'Time', 'Look', 'End'] as const;
export type ActionGroup = (typeof ACTION_GROUPS)[number];

export interface Action {
  readonly group: ActionGroup;
  readonly keys: readonly string[];
  /** In the footer. */
  readonly does: string;
  /** In the help. */
  readonly explains: string;
  /** Place in the footer, 1 is kept longest; absent: not there. */
  readonly footer?: number;
}

const action = (group: ActionGroup, keys: string, does: string, explains: string, footer?: number): Action => ({
  ...{ group, keys: keys.split(' '), does, explains },
  ...(footer === undefined ? {} : { footer }),
});

export const ACTIONS: Readonly<Record<ActionName, Action>> = {
  quit: action('End', 'q', 'quit', 'end', 1),
  help: action('End', '?', 'help', 'this help, and back', 1),
  down: action('Move', 'down j', 'down', 'next row'),
  up: action('Move', 'up k', 'up', 'row before'),
  'page-down': action('Move', 'pagedown ctrl-d', 'page', 'a page down'),
  'page-up': action('Move', 'pageup ctrl-u', 'page', 'a page up'),
  first: action('Move', 'home g', 'first', 'first row'),
  last: action('Move', 'end G', 'last', 'last row'),
  'next-pane': action('Panes', 'tab l', 'pane', 'next pane', 4),
  'previous-pane': action('Panes', 'shift-tab h', 'pane', 'pane before'),
  details: action('Panes', 'enter d', 'details', 'everything known of the row, and how', 3),
  zoom: action('Panes', 'z', 'zoom', 'this pane alone, and back', 3),
  tree: action('Panes', 'v', 'tree', 'applications with their processes, and back', 8),
  back: action('Panes', 'escape', 'back', 'close what is open; unselect; forget the filter'),
  filter: action('Rows', '/', 'filter', 'show only what fits: app:firefox and not lan', 2),
  follow: action('Rows', 'f', 'follow', 'only what this process, host or protocol does', 6),
  hide: action('Rows', 'x', 'hide', 'no rows of this kind', 7),
  sort: action('Rows', 's >', 'sort', 'sort by the next column', 5),
  'sort-back': action('Rows', '<', 'sort', 'sort by the column before'),
  reverse: action('Rows', 'r', 'reverse', 'the other way round', 9),
  copy: action('Rows', 'y', 'copy', 'copy the row to the clipboard', 9),
  mute: action('Rows', 'm', 'mute', 'say no more of this alert: why, and how long', 10),
  'step-back': action('Time', 'left', 'past', 'a step into the past', 5),
  'step-forward': action('Time', 'right', 'later', 'a step towards now'),
  'jump-back': action('Time', 'shift-left', 'past', 'sixty steps into the past'),
  'jump-forward': action('Time', 'shift-right', 'later', 'sixty steps towards now'),
  'previous-alert': action('Time', '[', 'alert', 'the alert, loss or gap before this moment'),
  'next-alert': action('Time', ']', 'alert', 'the alert, loss or gap after it'),
  now: action('Time', 'space', 'now', 'back to now; there: pause the picture, not the capture'),
  pause: action('Time', 'p', 'pause', 'pause the picture, and go on', 6),
  units: action('Look', 'b', 'bits/bytes', 'rates in bits or bytes', 8),
  prefix: action('Look', 'i', 'SI/IEC', '1 kB is 1000 bytes, or 1 KiB is 1024'),
  totals: action('Look', 't', 'totals', 'rates, or bytes so far', 9),
  names: action('Look', 'n', 'names', 'names of hosts, or their addresses'),
  theme: action('Look', 'T', 'theme', 'the next theme'),
};

export const ACTION_NAMES = LIVE_ACTIONS;
