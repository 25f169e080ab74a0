// The dashboard: snapshots in, pictures out, keys carried out. Owns: which snapshot is shown (now, a paused one, one of the past), the rate of
// drawing, what effects of keys do. Must not know: blessed, where snapshots come from.
// Bounds: snapshots are drawn at most every DRAW_EVERY_MS, keys every KEY_EVERY_MS; MAX_COPIED characters to the clipboard.
import { filterValues } from '@kaipo/core/query/filter/live-filter-values.js';
import { type LiveDetails, type LiveSubject, SUBJECT_KINDS } from '@kaipo/core/query/live-details.js';
import type { LiveSnapshot } from '@kaipo/core/query/live-snapshot.js';
import { ACTIONS } from './actions.js';
import { type AlertMute, AlertMutes } from './alert-mutes.js';
import { applyKey, type Effect, type KeyContext } from './apply-key.js';
import { Canvas, type Rect } from './canvas.js';
import { type DrawnPicture, drawPicture, keyContext, type Picture, paneAt } from './compose.js';
import { bindKeys, type ChosenKeys } from './key-bindings.js';
import { LiveMemory } from './live-memory.js';
import type { PastPicture, RewindView } from './rewind-view.js';
import { openScreen } from './screen.js';
import { glyphsFor } from './theme.js';
import { THEMES } from './themes.js';
import { focusPane, newViewState, selectRow, type ViewChoices } from './view-state.js';

const DRAW_EVERY_MS = 250;
const KEY_EVERY_MS = 30;
const MAX_COPIED = 16_384;
const NO_ROW = { kind: undefined, key: undefined };

export interface DashboardOptions {
  /** `key`: q was pressed. `interrupt`: Ctrl-C. `gone`: the terminal went away. Called once; the caller closes and exits. */
  onQuit(reason: 'key' | 'interrupt' | 'gone'): void;
  readonly color: boolean;
  readonly input?: NodeJS.ReadStream;
  readonly output?: NodeJS.WriteStream;
  readonly title?: string;
  /** What a person chose before. */
  readonly choices?: Partial<ViewChoices>;
  readonly keys?: ChosenKeys;
  readonly mutes?: readonly AlertMute[];
  /** Pictures of the past, where something is recorded. */
  readonly rewind?: RewindView;
  /** Begins in the past. */
  readonly atUs?: number;
  /** A row is looked at: snapshots carry its details from now on. Answers what is known of it at once. */
  onWatch?(subject: LiveSubject | undefined): LiveDetails | undefined;
  /** Told when it closes, to be remembered. */
  onClosed?(choices: ViewChoices, mutes: readonly AlertMute[]): void;
}

export interface Dashboard {
  update(snapshot: LiveSnapshot): void;
  /** Details that came between two snapshots. */
  showDetails?(details: LiveDetails): void;
  /** A line for the notices: something only the caller knows. */
  notify(text: string): void;
  /** Gives the terminal back. May be called twice. */
  close(): void;
}

export function openDashboard(options: DashboardOptions): Dashboard {
  return new LiveDashboard(options);
}

class LiveDashboard implements Dashboard {
  readonly #options: DashboardOptions;
  readonly #glyphs = glyphsFor(process.env);
  readonly #screen: ReturnType<typeof openScreen>;
  readonly #view;
  readonly #bindings;
  readonly #memory;
  #latest: LiveSnapshot | undefined;
  #shown: LiveSnapshot | undefined;
  /** What is shown of the past, and what a screen would have remembered then. */
  #past: (PastPicture & { readonly memory: LiveMemory }) | undefined;
  #drawn: DrawnPicture | undefined;
  /** The row that is looked at, and what is known of it. */
  #watched: LiveSubject | undefined;
  #details: LiveDetails | undefined;
  #canvas: Canvas;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;
  #drawnMs = 0;
  #isClosed = false;
  #isAsked = false;

  constructor(options: DashboardOptions) {
    this.#options = options;
    this.#view = newViewState(options.choices);
    this.#bindings = bindKeys(options.keys);
    this.#memory = new LiveMemory(new AlertMutes(options.mutes));
    this.#screen = openScreen({
      input: options.input ?? process.stdin,
      output: options.output ?? process.stdout,
      utf8: this.#glyphs.utf8,
      title: options.title,
      onKey: (key, typed) => this.#onKey(key, typed),
      onMouse: (x, y, what) => this.#onMouse(x, y, what),
      onResize: () => this.#draw(),
      onGone: () => {
        this.close();
        this.#quit('gone');
      },
    });
    this.#canvas = new Canvas(this.#screen.width, this.#screen.height);
    const { atUs } = options;
    if (atUs !== undefined) this.#travel((rewind, samples) => rewind.show(atUs, samples));
    this.#draw();
  }

  update(snapshot: LiveSnapshot): void {
    this.#memory.add(snapshot);
    const isFirst = this.#latest === undefined;
    this.#latest = snapshot;
    if (snapshot.details !== undefined) this.#details = snapshot.details;
    if (this.#isClosed || this.#view.paused || this.#past !== undefined) return;
    this.#schedule(isFirst ? 0 : DRAW_EVERY_MS);
  }

  showDetails(details: LiveDetails): void {
    this.#details = details;
    if (!this.#isClosed && this.#view.details) this.#schedule(KEY_EVERY_MS);
  }

  notify(text: string): void {
    this.#memory.addNotice({ tsUs: this.#latest?.tsUs ?? Date.now() * 1000, severity: 'info', text });
    if (!this.#isClosed) this.#schedule(DRAW_EVERY_MS);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#screen.close();
    const { focus, units, prefix, mode, names, theme, tree, zoomed } = this.#view;
    this.#options.onClosed?.({ focus, units, prefix, mode, names, theme, tree, zoomed }, this.#memory.mutes.list);
  }

  #picture(): Picture {
    const past = this.#past;
    return {
      snapshot: past?.snapshot ?? this.#shown,
      memory: past?.memory ?? this.#memory,
      view: this.#view,
      glyphs: this.#glyphs,
      plot: this.#screen.plot,
      bindings: this.#bindings,
      past: past?.label,
      hasPast: this.#options.rewind !== undefined,
      // What the past says of a row is in the row.
      details: past === undefined ? this.#details : undefined,
    };
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isClosed) return;
    this.#drawnMs = performance.now();
    if (!this.#view.paused) this.#shown = this.#latest;
    const { width, height } = this.#screen;
    if (this.#canvas.width !== width || this.#canvas.height !== height) this.#canvas = new Canvas(width, height);
    this.#drawn = drawPicture(this.#canvas, this.#picture());
    this.#screen.show(this.#canvas, THEMES[this.#options.color ? this.#view.theme : 'plain']);
    this.#watch();
  }

  /** Draws now, or as soon as `everyMs` since the last picture is over. An earlier appointment stands. */
  #schedule(everyMs: number): void {
    const wanted = this.#drawnMs + everyMs;
    if (this.#timer !== undefined && this.#dueMs <= wanted) return;
    clearTimeout(this.#timer);
    const waitMs = wanted - performance.now();
    if (waitMs <= 0) {
      this.#draw();
      return;
    }
    this.#dueMs = wanted;
    this.#timer = setTimeout(() => this.#draw(), waitMs);
  }

  #quit(reason: 'key' | 'interrupt' | 'gone'): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#options.onQuit(reason);
  }

  #onKey(key: string, typed: string | undefined): void {
    // Which row was selected is settled when it is drawn; a key that is about it may come before that.
    const action = this.#bindings.actionOf(key);
    const isMove = action !== undefined && ACTIONS[action].group === 'Move';
    if (!isMove && this.#view.tables[this.#view.focus].selectedKey === '') this.#draw();
    const result = applyKey(this.#view, key, typed, this.#bindings, this.#keyContext());
    if (result === 'ignored') return;
    if (result !== 'changed') this.#carryOut(result);
    this.#schedule(KEY_EVERY_MS);
  }

  #keyContext(): KeyContext {
    const picture = this.#picture();
    const valuesOf = (field: string): readonly string[] =>
      picture.snapshot === undefined ? [] : filterValues(picture.snapshot, field);
    return keyContext(picture, this.#drawn?.layout, valuesOf);
  }

  /** Details are made for one row, and only while they are shown. */
  #watch(): void {
    const { kind, key } = this.#view.details ? (this.#drawn?.selected ?? NO_ROW) : NO_ROW;
    const isKnown = SUBJECT_KINDS.some((one) => one === kind);
    if (this.#watched?.key === (isKnown ? key : undefined) && this.#watched?.kind === (isKnown ? kind : undefined))
      return;
    this.#watched = isKnown ? ({ kind, key } as LiveSubject) : undefined;
    const details = this.#options.onWatch?.(this.#watched);
    if (details === undefined) return;
    this.#details = details;
    this.#schedule(KEY_EVERY_MS);
  }

  #carryOut(effect: Effect): void {
    const say = (text: string): void => {
      this.#view.message = { text, isTrouble: false };
    };
    switch (effect.effect) {
      case 'quit':
        this.#quit('key');
        break;
      case 'interrupt':
        this.#quit('interrupt');
        break;
      case 'now':
        this.#past = undefined;
        this.#options.rewind?.leave();
        break;
      case 'step':
        this.#travel((rewind, samples) => rewind.step(effect.count, samples));
        break;
      case 'alert':
        this.#travel((rewind, samples) => rewind.alert(effect.count, samples));
        break;
      case 'copy': {
        const text = effect.text.slice(0, MAX_COPIED);
        this.#screen.send(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`);
        say(`copied: ${effect.what}`);
        break;
      }
      case 'mute': {
        const { rule, subject, reason, duration } = effect;
        this.#memory.mutes.add({ rule, subject, reason, sinceUs: this.#latest?.tsUs ?? Date.now() * 1000 }, duration);
        say(`muted ${duration === 'forever' ? duration : `for ${duration}`}: ${rule} of ${subject}`);
        break;
      }
    }
  }

  #travel(move: (rewind: RewindView, samples: number) => PastPicture | undefined): void {
    const { rewind } = this.#options;
    if (rewind === undefined) return;
    try {
      // Two samples a column.
      const past = move(rewind, this.#screen.width * 2);
      this.#past = past && { ...past, memory: this.#memory.ofThePast(past.samples, past.snapshot) };
    } catch (error) {
      // Nothing recorded, or a store that cannot be read: the present goes on.
      this.#past = undefined;
      this.#view.message = { text: error instanceof Error ? error.message : String(error), isTrouble: true };
    }
  }

  #onMouse(x: number, y: number, what: 'press' | 'up' | 'down'): void {
    const { layout, tables, details } = this.#drawn ?? {};
    const box = layout === undefined ? undefined : paneAt(layout, x, y);
    const view = this.#view;
    if (details !== undefined && isInside(details, x, y)) {
      if (what !== 'press')
        this.#onKey(this.#bindings.keyOf(what === 'up' ? 'page-up' : 'page-down') ?? what, undefined);
      return;
    }
    if (box === undefined || view.help || view.prompt !== undefined) return;
    if (box.shown !== view.focus) focusPane(view, box.shown);
    if (what !== 'press') {
      this.#onKey(this.#bindings.keyOf(what) ?? what, undefined);
      return;
    }
    const drawn = tables?.get(box.shown);
    const line = y - box.rect.y - 1;
    const table = view.tables[box.shown];
    if (drawn !== undefined && line === 0) {
      const heading = drawn.headings.find(({ from, to }) => x - box.rect.x - 2 >= from && x - box.rect.x - 2 < to);
      if (heading !== undefined) {
        table.reverse = table.sort === heading.sort ? !table.reverse : false;
        table.sort = heading.sort;
      }
    } else if (drawn !== undefined && line > 0 && line < drawn.lines.length && drawn.last > 0) {
      const index = drawn.first + line - 2;
      const isAgain = table.selectedKey !== undefined && table.selectedIndex === index;
      selectRow(table, drawn.last, index);
      if (isAgain) view.details = !view.details;
    }
    this.#schedule(KEY_EVERY_MS);
  }
}

function isInside({ x, y, width, height }: Rect, column: number, row: number): boolean {
  return column >= x && column < x + width && row >= y && row < y + height;
}
