// History told again, oldest first, as it was told when it happened: flows, answered names, intervals. Owns the order and the pieces it is read
// in. Must not know detectors. Bound: WINDOW_US at a time, of it EVENTS_MOST flows and as many names; what is more is counted.
import type { DnsAnswered, KaipoEvent } from '../../api/events.js';
import type { FlowRecord } from '../../api/index.js';
import type { IntervalRecord } from '../../api/interval-record.js';
import type { AnsweredName } from '../../store/flow-rows.js';
import type { StoreReader } from '../../store/store.js';
import type { TimeRange } from '../time-range.js';
import { storedFlows } from './stored-flow.js';
import { storedIntervals } from './stored-intervals.js';

const WINDOW_US = 3600e6;
const DAY_US = 24 * WINDOW_US;
const EVENTS_MOST = 500_000;

export interface ReplayListener {
  /** In order of time, each before the interval it happened in. */
  onEvents(events: readonly KaipoEvent[]): void;
  onInterval(interval: IntervalRecord): void;
}

export interface Replayed {
  readonly intervals: number;
  readonly flows: number;
  readonly names: number;
  /** Windows with more than is read of one. */
  readonly cutWindows: number;
  /** Fields of flows that were asked for and are not kept. */
  readonly missedFields: readonly string[];
}

export interface ReplayWants {
  readonly flows: boolean;
  readonly names: boolean;
}

export function replayHistory(store: StoreReader, range: TimeRange, wants: ReplayWants, to: ReplayListener): Replayed {
  const counts = { intervals: 0, flows: 0, names: 0, cutWindows: 0 };
  const missed = new Set<string>();
  const flowOf = storedFlows(missed);
  let doneUs = range.fromUs;
  for (let fromUs = range.fromUs; fromUs < range.toUs; ) {
    const events: KaipoEvent[] = [];
    const { intervals, resolutionUs, toUs, isCut } = store.view((view) => {
      // Of old times a day is all that is left.
      const lengthUs = view.finestResolutionS(fromUs) * 1e6 > WINDOW_US ? DAY_US : WINDOW_US;
      const window = { fromUs, toUs: Math.min(fromUs + lengthUs, range.toUs) };
      const addFlow = (flow: FlowRecord) => events.push(flowOf(flow));
      const addName = (name: AnsweredName) => events.push(answered(name));
      const hasMoreFlows = wants.flows && view.readFlows(window.fromUs, window.toUs, EVENTS_MOST, addFlow);
      const flowCount = events.length;
      counts.flows += flowCount;
      const hasMoreNames = wants.names && view.readNames(window.fromUs, window.toUs, EVENTS_MOST, addName);
      counts.names += events.length - flowCount;
      return { ...storedIntervals(view, window), toUs: window.toUs, isCut: hasMoreFlows || hasMoreNames };
    });
    if (isCut) counts.cutWindows += 1;
    events.sort((left, right) => left.tsUs - right.tsUs);
    let told = 0;
    for (const interval of intervals) {
      // A coarse bucket may reach into the next window, which has finer ones.
      if (interval.startUs < doneUs) continue;
      doneUs = interval.startUs + resolutionUs;
      let next = told;
      while (next < events.length && events[next]!.tsUs < interval.endUs) next++;
      if (next > told) to.onEvents(events.slice(told, next));
      told = next;
      counts.intervals += 1;
      to.onInterval(interval);
    }
    if (told < events.length) to.onEvents(events.slice(told));
    fromUs = toUs;
  }
  return { ...counts, missedFields: [...missed] };
}

/** History keeps no server of a question. */
const answered = ({ client, ...name }: AnsweredName): DnsAnswered => ({
  kind: 'dns.answered',
  ...name,
  client: { ip: client },
  server: { ip: '' },
  id: 0,
  protocol: 'dns',
});
