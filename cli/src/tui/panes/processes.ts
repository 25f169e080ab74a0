// Pane 2 after `v`: applications with their processes below them. Owns: its columns, and how a branch is drawn.
import { span } from '../canvas.js';
import { definePane, totalColumn, type ViewContext, volumeColumns } from '../pane.js';
import { processTree, type TreeRow } from '../process-tree.js';
import { appSubject, processSubject, type RowSubject } from '../row-subject.js';
import type { ShownRows } from '../shown-rows.js';
import type { Glyphs } from '../theme.js';

/** Branches that are drawn; whatever is deeper stands beside its parents. */
const MAX_DEPTH = 6;

/** A picture asks for its rows more than once. */
const trees = new WeakMap<ShownRows, readonly TreeRow[]>();

function treeOf({ rows }: ViewContext): readonly TreeRow[] {
  const known = trees.get(rows) ?? processTree(rows) ?? [];
  trees.set(rows, known);
  return known;
}

function branchText(branch: readonly boolean[], glyphs: Glyphs): string {
  const { treeOpen, treeLast, treeFork } = glyphs;
  const shown = branch.slice(-MAX_DEPTH);
  return shown
    .map((isLast, i) => (i < shown.length - 1 ? (isLast ? '   ' : treeOpen) : isLast ? treeLast : treeFork))
    .join('');
}

const appLine = (row: TreeRow): RowSubject =>
  appSubject({ app: row.name, quality: row.quality === 'unknown' ? 'unknown' : 'event' }, row.key);

export const processesPane = definePane<TreeRow>({
  id: 'apps',
  title: 'Applications, processes',
  short: 'Procs',
  keepsOrder: true,
  rows: treeOf,
  keyOf: (row) => row.key,
  subjectOf: (row) =>
    row.kind === 'app'
      ? appLine(row)
      : processSubject(row.name, row.pid, row.pid === undefined ? row.key : String(row.pid)),
  empty: (rung) => (rung === 'capture+events' ? 'no application traffic yet' : 'no owners known; see the header'),
  columns: [
    {
      title: 'application',
      width: 14,
      comfort: 26,
      grow: 3,
      max: 44,
      priority: 1,
      cell: (row, context) => {
        const text = branchText(row.branch, context.glyphs) + row.name;
        if (row.kind === 'app') return span(text, row.quality === 'unknown' ? 'warn' : 'strong');
        return span(text, row.kind === 'process' ? 'text' : 'dim');
      },
    },
    {
      title: 'pid',
      width: 7,
      align: 'right',
      priority: 4,
      cell: (row) => span(row.pid === undefined ? '' : String(row.pid), 'dim'),
    },
    {
      title: 'user',
      width: 8,
      priority: 7,
      present: (row) => row.user !== undefined,
      cell: (row) => span(row.user ?? '', 'dim'),
    },
    {
      title: 'unit, container',
      width: 15,
      grow: 2,
      max: 30,
      priority: 8,
      present: (row) => row.place !== undefined,
      cell: (row) => span(row.place ?? '', 'dim'),
    },
    {
      title: 'started by',
      width: 16,
      grow: 3,
      max: 60,
      priority: 10,
      present: (row) => row.startedBy !== undefined,
      cell: (row) => span(row.startedBy ?? '', 'dim'),
    },
    {
      title: 'known by',
      width: 8,
      grow: 1,
      max: 13,
      priority: 9,
      cell: (row) => span(row.quality ?? '', row.quality === 'unknown' ? 'warn' : 'dim'),
    },
    {
      title: 'flows',
      width: 5,
      align: 'right',
      priority: 6,
      cell: (row) => span(String(row.flows), 'dim'),
    },
    ...volumeColumns<TreeRow>(),
    totalColumn<TreeRow>(5),
  ],
});
