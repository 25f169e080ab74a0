// The signs of the dashboard as paths of 20 × 20. Owns the shapes; components/Icon.svelte draws them.
export const ICONS = {
  now: 'M2 11h3l2.5-6 4 11 2.5-7 1.2 2H18',
  history: 'M3 17V9m4.7 8V4m4.6 13v-6M17 17V7',
  applications: 'M3 3h5v5H3zm9 0h5v5h-5zM3 12h5v5H3zm9 0h5v5h-5z',
  hosts: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM2.5 10h15M10 2.5c5 4.6 5 10.4 0 15-5-4.6-5-10.4 0-15z',
  flows: 'M3 6.5h12m-3-3 3 3-3 3M17 13.5H5m3-3-3 3 3 3',
  dns: 'M3 5h9l4 5-4 5H3zm4 5h.01',
  alerts:
    'M10 3a4.7 4.7 0 0 0-4.7 4.7c0 4.4-1.8 5.6-1.8 5.6h13s-1.8-1.2-1.8-5.6A4.7 4.7 0 0 0 10 3zM8.4 16.3a1.8 1.8 0 0 0 3.2 0',
  books: 'M10 5c-2-1.5-4.5-1.8-7-1.5v12c2.5-.3 5 0 7 1.5 2-1.5 4.5-1.8 7-1.5v-12c-2.5-.3-5 0-7 1.5zm0 0v12',
  year: 'M3 5h14v12H3zm0 4h14M7 2.5V6m6-3.5V6',
  settings: 'M3 6h7m4 0h3M3 14h3m4 0h7M12 4v4M8 12v4',
  more: 'M4 10h.01M10 10h.01M16 10h.01',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5m0 13V18M2 10h1.5m13 0H18M4.3 4.3l1.1 1.1m9.2 9.2 1.1 1.1m0-11.4-1.1 1.1m-9.2 9.2-1.1 1.1',
  moon: 'M16.5 12.3A7 7 0 0 1 7.7 3.5a7 7 0 1 0 8.8 8.8z',
  auto: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zm0 0v14m0-11h4.5M10 9h6m-6 3h6m-6 3h4.5',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  check: 'M4 10.5l4 4 8-9',
  close: 'M5 5l10 10M15 5L5 15',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zm4 9.5 4 4',
  left: 'M12 4l-6 6 6 6',
  right: 'M8 4l6 6-6 6',
  up: 'M10 16V4m-5 5 5-5 5 5',
  down: 'M10 4v12m-5-5 5 5 5-5',
  table: 'M3 4h14v12H3zm0 4h14M3 12h14M9 8v8',
  zoomOut: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zm4 9.5 4 4M6.5 9h5',
  warning: 'M10 3.5 2.5 16.5h15zM10 8.5v4m0 2v.01',
  info: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM10 9v5m0-8v.01',
  keyboard: 'M2.5 5.5h15v9h-15zm3 3h.01m2.990 0h.01m2.990 0h.01m2.990 0h.01M6.5 11.5h7',
  filter: 'M3 5h14M6 10h8m-5 5h2',
} as const;

export type IconName = keyof typeof ICONS;
