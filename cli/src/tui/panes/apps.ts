// Pane 2: applications, and how each is known. Owns: its columns.
import type { LiveApp } from '@kaipo/core/query/live-snapshot.js';
import { appSubject as liveSubject } from '@kaipo/core/query/live-subject.js';
import { span } from '../canvas.js';
import { definePane, totalColumn, volumeColumns } from '../pane.js';
import { appSubject } from '../row-subject.js';

const appKey = ({ pid, app, container }: LiveApp): string => `${pid ?? ''} ${app} ${container ?? ''}`;

export const appsPane = definePane<LiveApp>({
  id: 'apps',
  title: 'Applications',
  short: 'Apps',
  rows: (context) => context.rows.apps,
  keyOf: appKey,
  subjectOf: (app) => appSubject(app, liveSubject(app).key),
  empty: (rung) => (rung === 'capture+events' ? 'no application traffic yet' : 'no owners known; see the header'),
  columns: [
    {
      title: 'application',
      width: 10,
      comfort: 18,
      grow: 3,
      max: 40,
      priority: 1,
      cell: (app) => (app.quality === 'unknown' ? span(app.app, 'warn') : app.app),
      sortBy: (app) => app.app.toLowerCase(),
    },
    {
      title: 'pid',
      width: 7,
      align: 'right',
      priority: 5,
      cell: (app) => span(app.pid === undefined ? '' : String(app.pid), 'dim'),
      sortBy: (app) => app.pid ?? 0,
    },
    {
      title: 'user',
      width: 8,
      priority: 7,
      present: (app) => app.user !== undefined,
      cell: (app) => span(app.user ?? '', 'dim'),
      sortBy: (app) => app.user ?? '',
    },
    {
      title: 'unit, container',
      width: 15,
      grow: 2,
      max: 30,
      priority: 8,
      present: (app) => (app.container ?? app.unit) !== undefined,
      cell: (app) => span(app.container ?? app.unit ?? '', 'dim'),
      sortBy: (app) => app.container ?? app.unit ?? '',
    },
    {
      title: 'known by',
      width: 8,
      grow: 1,
      max: 13,
      priority: 9,
      cell: (app) => span(app.quality, app.quality === 'unknown' ? 'warn' : 'dim'),
      sortBy: (app) => app.quality,
    },
    {
      title: 'flows',
      width: 5,
      align: 'right',
      priority: 4,
      cell: (app) => span(String(app.flows), 'dim'),
      sortBy: (app) => app.flows,
    },
    ...volumeColumns<LiveApp>(),
    totalColumn<LiveApp>(6),
  ],
});
