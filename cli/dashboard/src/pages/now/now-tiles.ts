// The numbers of the page Now. Owns which and their words.
import { formatByteRate, formatBytes } from '@kaipo/core/kernel/units.js';
import type { Tick, Today } from '../../api/answers.js';
import type { StatTile } from '../../components/stat-tile.js';
import type { LivePoint } from '../../logic/live-sums.js';
import { shareText } from '../../logic/share-text.js';

const SPARK_POINTS = 60;
/** Unknown owners beyond this part are worth a look. */
const MUCH_UNKNOWN = 0.1;

/** @param recent the last intervals, of which the speed and the books are. */
export function nowTiles(recent: readonly Tick[], points: readonly LivePoint[], today: Today | undefined): StatTile[] {
  return [
    speedTile('Received', 'rx', points),
    speedTile('Sent', 'tx', points),
    ...todayTiles(today),
    ...captureTiles(recent),
  ];
}

function speedTile(label: string, key: 'rx' | 'tx', points: readonly LivePoint[]): StatTile {
  const speeds = points
    .slice(-SPARK_POINTS)
    .map((point) => (key === 'rx' ? point.rxBytes : point.txBytes) / Math.max(0.001, point.seconds));
  const speed = speeds.at(-1) ?? 0;
  return {
    label,
    key,
    value: formatByteRate(speed),
    hint: `${Math.round(speed * 8).toLocaleString('en')} bits a second`,
    spark: speeds,
  };
}

function todayTiles(today: Today | undefined): StatTile[] {
  if (today === undefined) return [];
  const { sent, received, total } = today.human_readable;
  return [
    {
      label: 'Today',
      value: total,
      note: `${received} received, ${sent} sent`,
      hint: `${today.total_bytes.toLocaleString('en')} bytes`,
    },
    ...(today.cost === undefined ? [] : [{ label: 'Cost today', value: today.cost.total.cost_formatted }]),
  ];
}

function captureTiles(recent: readonly Tick[]): StatTile[] {
  const last = recent.at(-1);
  if (last === undefined || last.mode === 'counters') return [];
  const sum = (of: (tick: Tick) => number): number => recent.reduce((all, tick) => all + of(tick), 0);
  const received = sum(({ capture }) => capture.received);
  const lost = sum(({ capture }) => capture.droppedByKernel + capture.droppedByHelper);
  const kernel = sum(({ books }) => books.kernelBytes);
  const attributed = sum(({ books }) => books.attributedBytes);
  const unknown = sum(({ books }) => books.unknownBytes);
  return [
    last.capture.dropsKnown === false
      ? { label: 'Capture loss', value: 'not known', note: 'this helper cannot count it' }
      : {
          label: 'Capture loss',
          value: lost === 0 ? 'none' : shareText(lost, received),
          note: `${received.toLocaleString('en')} packets seen`,
          tone: lost === 0 ? 'good' : 'bad',
        },
    {
      label: 'Books',
      value: kernel === 0 ? '–' : shareText(Math.min(attributed, kernel), kernel),
      note: kernel === 0 ? 'nothing moves' : `has an owner; ${formatBytes(unknown)} unknown`,
      ...(kernel > 0 && { tone: unknown > MUCH_UNKNOWN * kernel ? ('warn' as const) : ('good' as const) }),
    },
  ];
}
