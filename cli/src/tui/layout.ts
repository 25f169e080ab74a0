// Where everything is on the screen. Owns: rectangles, and which pane is on top where several share a box.
// Must not know: what panes show. Bound: one pass over seven panes.
//
//   wide (from 110 columns)                               medium (from 76)              narrow
//   header ......................................         header ..................     header .........
//   ╭ Throughput ───────────╮╭ 1 Interfaces ─────╮        ╭ Throughput ─╮╭ 1 ─────╮     ╭ Throughput ──╮
//   │ graph, books          ││                   │        │             ││        │     │              │
//   ╰───────────────────────╯╰───────────────────╯        ╰─────────────╯╰────────╯     ╰──────────────╯
//   ╭ 2 Applications ─╮╭ 4 Hosts ────╮╭ 5 · 6 · 7╮        ╭ 2 ─────────╮╭ 4·5·6·7 ╮     ╭ 1·2·3·4·5·6·7╮
//   ╰─────────────────╯╰─────────────╯╰──────────╯        ╰────────────╯╰─────────╯     │              │
//   ╭ 3 Flows ───────────────────────────────────╮        ╭ 3 Flows ──────────────╮     │              │
//   ╰────────────────────────────────────────────╯        ╰───────────────────────╯     ╰──────────────╯
//   notices (only when there are any)                     notices                       notices
//   footer ......................................         footer ..................     footer .........
//
// On counters there are no packets to speak of: the graph and the interfaces share the screen.
import type { Rung } from '@kaipo/core/query/live-snapshot.js';
import type { Rect } from './canvas.js';
import { PANE_IDS, type PaneId } from './view-state.js';

export const MIN_COLUMNS = 40;
export const MIN_ROWS = 12;

export interface PaneBox {
  readonly rect: Rect;
  /** The panes that share this box, by number. */
  readonly panes: readonly PaneId[];
  readonly shown: PaneId;
}

export interface Layout {
  readonly tooSmall: boolean;
  readonly header: Rect;
  readonly overview?: Rect;
  readonly boxes: readonly PaneBox[];
  readonly notices: Rect;
  readonly footer: Rect;
}

export interface LayoutRequest {
  readonly columns: number;
  readonly rows: number;
  readonly rung: Rung;
  /** 1, or 2 when the header also says how to see more. */
  readonly headerLines: number;
  readonly noticeCount: number;
  readonly zoomed?: PaneId;
  /** Most recently focused first. */
  readonly recent: readonly PaneId[];
}

export function panesOf(rung: Rung): readonly PaneId[] {
  return rung === 'counters' ? ['interfaces'] : PANE_IDS;
}

export function layoutScreen(request: LayoutRequest): Layout {
  const { columns, rows } = request;
  const noticeLines = Math.min(request.noticeCount, rows < 30 ? 1 : rows < 40 ? 2 : 4);
  const top = request.headerLines;
  const height = rows - top - noticeLines - 1;
  const frame = {
    tooSmall: columns < MIN_COLUMNS || rows < MIN_ROWS,
    header: { x: 0, y: 0, width: columns, height: top },
    notices: { x: 0, y: top + height, width: columns, height: noticeLines },
    footer: { x: 0, y: rows - 1, width: columns, height: 1 },
  };
  const panes = panesOf(request.rung);
  const box = (rect: Rect, ids: readonly PaneId[]): PaneBox => {
    const shown = request.recent.find((id) => ids.includes(id)) ?? ids[0] ?? 'interfaces';
    return { rect, panes: ids, shown };
  };
  if (request.zoomed !== undefined) {
    return { ...frame, boxes: [{ rect: { x: 0, y: top, width: columns, height }, panes, shown: request.zoomed }] };
  }
  if (request.rung === 'counters') {
    const graph = Math.max(4, Math.min(Math.round(height * 0.5), height - 4));
    const rest = { x: 0, y: top + graph, width: columns, height: height - graph };
    return { ...frame, overview: { x: 0, y: top, width: columns, height: graph }, boxes: [box(rest, panes)] };
  }
  if (columns < 76) return { ...frame, ...narrow(columns, top, height, box) };
  if (height < 20) return { ...frame, ...short(columns, top, height, box) };
  return { ...frame, ...tall(columns, top, height, box) };
}

type MakeBox = (rect: Rect, ids: readonly PaneId[]) => PaneBox;
type Body = Pick<Layout, 'overview' | 'boxes'>;

function narrow(columns: number, top: number, height: number, box: MakeBox): Body {
  const graph = height < 12 ? 4 : clamp(Math.round(height * 0.38), 6, 10);
  const overview = { x: 0, y: top, width: columns, height: graph };
  const rest = height - graph;
  if (rest < 22) {
    const only = box({ x: 0, y: top + graph, width: columns, height: rest }, ['flows', ...without('flows')]);
    return { overview, boxes: [{ ...only, panes: PANE_IDS }] };
  }
  const upper = Math.floor(rest * 0.4);
  return {
    overview,
    boxes: [
      box({ x: 0, y: top + graph, width: columns, height: upper }, ['interfaces', 'apps']),
      box({ x: 0, y: top + graph + upper, width: columns, height: rest - upper }, [
        'flows',
        'hosts',
        'protocols',
        'dns',
        'alerts',
      ]),
    ],
  };
}

function short(columns: number, top: number, height: number, box: MakeBox): Body {
  const upper = Math.max(4, Math.round(height * 0.42));
  const left = overviewWidth(columns);
  return {
    overview: { x: 0, y: top, width: left, height: upper },
    boxes: [
      box({ x: left, y: top, width: columns - left, height: upper }, ['interfaces']),
      box({ x: 0, y: top + upper, width: columns, height: height - upper }, [
        'flows',
        ...without('flows').filter((id) => id !== 'interfaces'),
      ]),
    ],
  };
}

function tall(columns: number, top: number, height: number, box: MakeBox): Body {
  const wide = columns >= 110;
  const upper = clamp(Math.round(height * (wide ? 0.29 : 0.34)), 7, 16);
  const middle = clamp(Math.round(height * (wide ? 0.3 : 0.28)), 6, 16);
  const left = overviewWidth(columns);
  const second = top + upper;
  const third = second + middle;
  const row: PaneBox[] = [];
  if (wide) {
    const apps = Math.round(columns * 0.42);
    const hosts = Math.round(columns * 0.32);
    row.push(
      box({ x: 0, y: second, width: apps, height: middle }, ['apps']),
      box({ x: apps, y: second, width: hosts, height: middle }, ['hosts']),
      box({ x: apps + hosts, y: second, width: columns - apps - hosts, height: middle }, [
        'protocols',
        'dns',
        'alerts',
      ]),
    );
  } else {
    const apps = Math.floor(columns / 2);
    row.push(
      box({ x: 0, y: second, width: apps, height: middle }, ['apps']),
      box({ x: apps, y: second, width: columns - apps, height: middle }, ['hosts', 'protocols', 'dns', 'alerts']),
    );
  }
  return {
    overview: { x: 0, y: top, width: left, height: upper },
    boxes: [
      box({ x: left, y: top, width: columns - left, height: upper }, ['interfaces']),
      ...row,
      box({ x: 0, y: third, width: columns, height: top + height - third }, ['flows']),
    ],
  };
}

/** The interfaces table needs 38 columns for a name and both rates, and no more than 64 for everything it has. */
function overviewWidth(columns: number): number {
  return columns - clamp(Math.round(columns * 0.4), 38, 64);
}

function without(pane: PaneId): PaneId[] {
  return PANE_IDS.filter((id) => id !== pane);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
