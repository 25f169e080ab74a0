// Names people use in the configuration of the dashboard: what keys can do, how keys are written. Owns the words only; what they do is the
// dashboard's.

export const LIVE_ACTIONS = [
  ...(['quit', 'help', 'down', 'up', 'page-down', 'page-up', 'first', 'last'] as const),
  ...(['next-pane', 'previous-pane', 'details', 'zoom', 'tree', 'back'] as const),
  ...(['filter', 'follow', 'hide', 'sort', 'sort-back', 'reverse', 'copy', 'mute'] as const),
  ...([
    'step-back',
    'step-forward',
    'jump-back',
    'jump-forward',
    'previous-alert',
    'next-alert',
    'now',
    'pause',
  ] as const),
  ...(['units', 'prefix', 'totals', 'names', 'theme'] as const),
] as const;
export type LiveAction = (typeof LIVE_ACTIONS)[number];

export const LIVE_THEMES = ['dark', 'light', 'high-contrast', 'color-blind', 'plain'] as const;
export type LiveTheme = (typeof LIVE_THEMES)[number];

/** `q`, `G`, `ctrl-d`, `shift-tab`, `left`, `space`, `f5`; not Ctrl-C and the numbers of panes, which stay what they are. */
export const LIVE_KEY =
  /^(?!ctrl-c$|[1-9]$)(?:(?:ctrl|shift|alt)-)*(?:[!-~]|up|down|left|right|home|end|pageup|pagedown|insert|delete|backspace|tab|enter|escape|space|f\d{1,2})$/;
