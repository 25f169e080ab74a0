// What the page History shows, from its address: window, step, layers, direction, and the layer that is open. Owns reading and changing it.
import type { AskedValue } from '../../logic/address.js';
import type { Direction, Measure } from '../../logic/traffic-shape.js';
import { asked } from '../../state/asked.svelte.js';
import { route } from '../../state/route.svelte.js';

export type Grouping = 'none' | 'app' | 'protocol' | 'host' | 'interface';

export const GROUPS: readonly { readonly id: Grouping; readonly label: string }[] = [
  { id: 'none', label: 'Nothing' },
  { id: 'app', label: 'Application' },
  { id: 'protocol', label: 'Protocol' },
  { id: 'host', label: 'Host' },
  { id: 'interface', label: 'Interface' },
];
export const DIRECTIONS: readonly { readonly id: Direction; readonly label: string }[] = [
  { id: 'both', label: 'Both' },
  { id: 'rx', label: 'Received' },
  { id: 'tx', label: 'Sent' },
  { id: 'total', label: 'Total' },
];
export const TOPS = [3, 5, 8, 12, 20] as const;
const DEFAULT_TOP = 8;
/** Enough to have the layer that is open among those whose name has the same letters. */
const OPEN_TOP = 50;

const oneOf = <T extends string>(choices: readonly { readonly id: T }[], text: string | undefined): T =>
  choices.find(({ id }) => id === text)?.id ?? choices[0]!.id;

class HistoryView {
  get by(): Grouping {
    return oneOf(GROUPS, route.value('by'));
  }

  get direction(): Direction {
    return oneOf(DIRECTIONS, route.value('dir'));
  }

  get measure(): Measure {
    return route.value('measure') === 'speed' ? 'speed' : 'amount';
  }

  get group(): string {
    return route.value('group') ?? 'auto';
  }

  get top(): number {
    const top = Number(route.value('top'));
    return TOPS.some((one) => one === top) ? top : DEFAULT_TOP;
  }

  get isCompared(): boolean {
    return route.value('compare') === 'previous';
  }

  /** The name of the layer that is seen alone. */
  get open(): string | undefined {
    return this.by === 'none' ? undefined : route.value('open');
  }

  /** What /api/traffic is asked. */
  get question(): Record<string, AskedValue> {
    const { open } = this;
    return {
      ...asked.all,
      by: this.by,
      group: this.group,
      ...(this.by === 'none' ? {} : { top: open === undefined ? this.top : OPEN_TOP }),
      // Part of a name is sought for; a host is known by its address.
      ...(open === undefined ? {} : { name: open }),
      ...(this.isCompared && open === undefined ? { compare: 'previous' } : {}),
    };
  }

  /** A stretch between two moments. */
  zoom(from: number, to: number): void {
    route.change({ period: undefined, from: String(Math.floor(from)), to: String(Math.ceil(to)) });
  }
}

export const view = new HistoryView();
