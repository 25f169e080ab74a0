// One picture: everything the dashboard shows, drawn on a canvas. Owns: which pane goes where with which frame.
// Must not know: terminals, keys. Bound: one pass over the panes that are visible.
import type { LiveDetails } from '@kaipo/core/query/live-details.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import type { KeyContext } from './apply-key.js';
import type { Plot } from './ascii-plot.js';
import { type Canvas, type Line, lineWidth, type Rect, span } from './canvas.js';
import { clockText } from './clock-text.js';
import { cutText } from './display-text.js';
import type { KeyBindings } from './key-bindings.js';
import { type Layout, layoutScreen, MIN_COLUMNS, MIN_ROWS, type PaneBox, panesOf } from './layout.js';
import { type LiveMemory, watchedInterfaces } from './live-memory.js';
import type { Pane, ViewContext } from './pane.js';
import { alertsPane } from './panes/alerts.js';
import { appsPane } from './panes/apps.js';
import { drawDetails } from './panes/details.js';
import { dnsPane } from './panes/dns.js';
import { flowsPane } from './panes/flows.js';
import { footerLine } from './panes/footer.js';
import { headerLines } from './panes/header.js';
import { help } from './panes/help.js';
import { hostsPane } from './panes/hosts.js';
import { interfacesPane } from './panes/interfaces.js';
import { noticeLines } from './panes/notices.js';
import { drawOverview } from './panes/overview.js';
import { processesPane } from './panes/processes.js';
import { drawPrompt } from './panes/prompt-line.js';
import { protocolsPane } from './panes/protocols.js';
import type { RowSubject } from './row-subject.js';
import { shownRows } from './shown-rows.js';
import type { DrawnTable } from './table.js';
import type { Glyphs } from './theme.js';
import { PANE_IDS, type PaneId, type ViewState } from './view-state.js';

export const PANES: Readonly<Record<PaneId, Pane>> = {
  interfaces: interfacesPane,
  apps: appsPane,
  flows: flowsPane,
  hosts: hostsPane,
  protocols: protocolsPane,
  dns: dnsPane,
  alerts: alertsPane,
};

/** What is drawn for a pane now. A recorder of another version may not tell of processes: then applications are a list. */
const paneOf = (id: PaneId, view: ViewState, { processes }: LiveSnapshot): Pane =>
  id === 'apps' && view.tree && processes !== undefined ? processesPane : PANES[id];

/** Columns from which details stand beside the table they are of. */
const DETAILS_BESIDE = 110;

export interface Picture {
  /** Absent until the first interval is over. */
  readonly snapshot: LiveSnapshot | undefined;
  readonly memory: LiveMemory;
  readonly view: ViewState;
  readonly glyphs: Glyphs;
  readonly plot: Plot;
  readonly bindings: KeyBindings;
  /** Of a picture of the past: what it shows. */
  readonly past?: string | undefined;
  readonly hasPast: boolean;
  /** Of the selected row, when it was looked up. */
  readonly details?: LiveDetails | undefined;
}

function contextOf(picture: Picture, snapshot: LiveSnapshot): ViewContext {
  const { memory, view, glyphs, past } = picture;
  const { units, prefix, mode, names } = view;
  const rows = shownRows(snapshot, memory, view.filter);
  // The interface that is selected is the one to look at.
  const { selectedKey } = view.tables.interfaces;
  const link = selectedKey !== undefined && memory.hasLink(selectedKey) ? selectedKey : undefined;
  return { snapshot, memory, rows, units, prefix, mode, names, glyphs, link, past };
}

export interface DrawnPicture {
  readonly layout: Layout;
  readonly tables: ReadonlyMap<PaneId, DrawnTable>;
  /** What the selected row of the focused pane is about. */
  readonly selected?: RowSubject | undefined;
  /** The box of its details, which lies over others. */
  readonly details?: Rect | undefined;
}

/** Draws the whole screen. Answers what is where; undefined while there is nothing but a message. */
export function drawPicture(canvas: Canvas, picture: Picture): DrawnPicture | undefined {
  const { snapshot, memory, view, glyphs, bindings } = picture;
  canvas.clear();
  if (canvas.width < MIN_COLUMNS || canvas.height < MIN_ROWS) {
    message(canvas, `make the terminal larger: at least ${MIN_COLUMNS}x${MIN_ROWS}`);
    return undefined;
  }
  if (snapshot === undefined) {
    message(canvas, `kaipo: waiting for the first interval${glyphs.ellipsis}`);
    canvas.put(0, canvas.height - 1, footerLine(view, bindings, canvas.width, picture.past !== undefined));
    return undefined;
  }
  const panes = panesOf(shownRung(snapshot));
  if (!panes.includes(view.focus)) view.focus = panes[0] ?? 'interfaces';
  const context = contextOf(picture, snapshot);
  const header = headerLines(context, view.paused, view.filter?.text, canvas.width);
  const notices = memory.notices(snapshot);
  const layout = layoutScreen({
    columns: canvas.width,
    rows: canvas.height,
    rung: shownRung(snapshot),
    headerLines: header.length,
    noticeCount: notices.length,
    recent: view.recent,
    ...(view.zoomed ? { zoomed: view.focus } : {}),
  });
  for (let row = 0; row < header.length; row += 1) canvas.put(0, row, header[row] ?? []);
  if (layout.overview !== undefined) {
    const { x, y, width, height } = layout.overview;
    const overview = drawOverview(context, picture.plot, width - 4, height - 2);
    canvas.box(layout.overview, glyphs, 'border', {
      left: [span(' Throughput ', 'strong'), ...(width < 60 ? [] : [span(`${watchedNames(context)} `, 'dim')])],
      right: overview.titleRight,
      bottom: overview.bottom,
    });
    putLines(canvas, x + 2, y + 1, overview.lines, width - 4);
  }
  const tables = new Map(layout.boxes.map((box) => [box.shown, drawBox(canvas, box, context, view)]));
  putLines(
    canvas,
    0,
    layout.notices.y,
    noticeLines(notices, glyphs, canvas.width, layout.notices.height),
    canvas.width,
  );
  canvas.put(0, layout.footer.y, footerLine(view, bindings, canvas.width, picture.past !== undefined));
  const details = view.details ? drawDetailsBox(canvas, picture, context, layout) : undefined;
  if (view.prompt !== undefined) drawPrompt(canvas, view.prompt, glyphs);
  if (view.help) drawHelp(canvas, picture);
  const selected = paneOf(view.focus, view, snapshot).selected(context, view.tables[view.focus])?.subject;
  return { layout, tables, selected, details };
}

/** Sockets fill the panes that packets would fill. */
const shownRung = ({ rung, appsFrom }: LiveSnapshot): LiveSnapshot['rung'] =>
  appsFrom === undefined ? rung : 'capture';

/** What keys need to know about the picture. */
export function keyContext(picture: Picture, layout: Layout | undefined, valuesOf: KeyContext['valuesOf']): KeyContext {
  const { snapshot, view, past, hasPast } = picture;
  const time = { isPast: past !== undefined, hasPast, valuesOf };
  if (snapshot === undefined || layout === undefined) return { panes: [], columns: 0, rows: 0, page: 1, ...time };
  const context = contextOf(picture, snapshot);
  const box = layout.boxes.find((candidate) => candidate.shown === view.focus);
  const pane = paneOf(view.focus, view, snapshot);
  return {
    panes: panesOf(shownRung(snapshot)),
    columns: pane.sortable,
    rows: pane.rowCount(context),
    page: Math.max(1, (box?.rect.height ?? 4) - 3),
    selected: pane.selected(context, view.tables[view.focus]),
    ...time,
  };
}

/** The box under a cell, for the mouse. */
export function paneAt(layout: Layout, x: number, y: number): PaneBox | undefined {
  return layout.boxes.find(
    ({ rect }) => x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height,
  );
}

function drawBox(canvas: Canvas, box: PaneBox, context: ViewContext, view: ViewState): DrawnTable {
  const { x, y, width, height } = box.rect;
  const pane = paneOf(box.shown, view, context.snapshot);
  const focused = view.focus === box.shown;
  const inner = width - 4;
  const drawn = pane.draw(context, view.tables[box.shown], focused, inner, height - 2);
  const rows = pane.rowCount(context);
  const left = titleOf(box, focused, inner, (id) => paneOf(id, view, context.snapshot));
  const place = drawn.last - drawn.first + 1 < rows ? `${drawn.first}-${drawn.last} of ${rows}` : '';
  const info = pane.info(context);
  canvas.box(box.rect, context.glyphs, focused ? 'focus' : 'border', {
    left,
    ...(info === undefined ? {} : { right: [span(' '), info, span(' ')] }),
    ...(place === '' ? {} : { bottom: [span(` ${place} `, 'dim')] }),
  });
  putLines(canvas, x + 2, y + 1, drawn.lines, inner);
  if (drawn.selectedLine !== undefined) canvas.paint(x + 1, y + 1 + drawn.selectedLine, width - 2, 'selected');
  return drawn;
}

/** ` 4 Hosts  5 Protocols  6 DNS `: the one on top is bright; names shorten, then numbers stand for the others. */
function titleOf(box: PaneBox, focused: boolean, width: number, pane: (id: PaneId) => Pane): Line {
  const forms: ((id: PaneId) => string)[] = [
    (id) => ` ${pane(id).title} `,
    (id) => ` ${pane(id).short} `,
    (id) => (id === box.shown ? ` ${pane(id).short} ` : ' '),
  ];
  let title: Line = [];
  for (const nameOf of forms) {
    title = [
      span(' '),
      ...box.panes.flatMap((id) => [
        span(String(PANE_IDS.indexOf(id) + 1), id === box.shown && focused ? 'key' : 'dim'),
        span(nameOf(id), id === box.shown ? 'strong' : 'dim'),
      ]),
    ];
    if (lineWidth(title) <= width) break;
  }
  return title;
}

function drawHelp(canvas: Canvas, { glyphs, bindings, view }: Picture): void {
  const shown = help(bindings, canvas.width - 4, canvas.height - 4, glyphs.utf8, view.helpOffset);
  const { width: inner, lines, count, offset } = shown;
  view.helpOffset = offset;
  const width = inner + 2;
  const height = lines.length + 2;
  const rect = {
    x: Math.floor((canvas.width - width) / 2),
    y: Math.floor((canvas.height - height) / 2),
    width,
    height,
  };
  const place = ` ${offset + 1}-${offset + lines.length} of ${count} ${glyphs.separator} j k `;
  const more = count > lines.length ? [span(place, 'dim')] : [];
  canvas.box(rect, glyphs, 'focus', { left: [span(' Keys ', 'strong')], bottom: more });
  putLines(canvas, rect.x + 1, rect.y + 1, lines, width - 2);
}

/** Over the right half where that is wide enough, else over everything between header and footer. */
function drawDetailsBox(
  canvas: Canvas,
  { view, glyphs, details }: Picture,
  context: ViewContext,
  layout: Layout,
): Rect | undefined {
  const row = paneOf(view.focus, view, context.snapshot).selected(context, view.tables[view.focus]);
  if (row === undefined) return undefined;
  const isWide = canvas.width >= DETAILS_BESIDE;
  const width = isWide ? Math.max(56, Math.floor(canvas.width * 0.45)) : canvas.width;
  const y = layout.header.height;
  const rect = { x: canvas.width - width, y, width, height: layout.notices.y - y };
  const { kind, key, title } = row.subject;
  const known = details?.subject.kind === kind && details.subject.key === key ? details : undefined;
  const drawn = drawDetails(row, known, width - 4, rect.height - 2, view.detailsOffset);
  view.detailsOffset = drawn.offset;
  const place = ` ${drawn.offset + 1}-${drawn.offset + drawn.lines.length} of ${drawn.count} ${glyphs.separator} PgDn `;
  canvas.box(rect, glyphs, 'focus', {
    left: [span(` ${cutText(title, Math.max(8, width - 24), glyphs.ellipsis)} `, 'strong')],
    right: [span(known?.endedUs === undefined ? ` ${kind} ` : ` ${kind}, ended ${clockText(known.endedUs)} `, 'dim')],
    ...(drawn.count > drawn.lines.length ? { bottom: [span(place, 'dim')] } : {}),
  });
  putLines(canvas, rect.x + 2, rect.y + 1, drawn.lines, width - 4);
  return rect;
}

/** Whose bytes the graph shows. */
function watchedNames({ snapshot, link }: ViewContext): string {
  const names = link === undefined ? watchedInterfaces(snapshot).map(({ name }) => name) : [link];
  return cutText(names.join(' + '), 24);
}

function putLines(canvas: Canvas, x: number, y: number, lines: readonly Line[], width: number): void {
  for (let row = 0; row < lines.length; row += 1) canvas.put(x, y + row, lines[row] ?? [], width);
}

function message(canvas: Canvas, text: string): void {
  const x = Math.max(0, Math.floor((canvas.width - text.length) / 2));
  canvas.put(x, Math.floor(canvas.height / 2), [span(text)]);
}
