// Throughput over time in one line of blocks; a dot is time that was not recorded.
import { formatBitRate } from '@kaipo/core/kernel/units.js';
import type { ReportData } from './report-data.js';
import { rateOf } from './throughput-chart.js';

const LEVELS = ' ▁▂▃▄▅▆▇█';
const SPARK_COLUMNS = 60;

export function sparkline({ series: { points, stepUs } }: Pick<ReportData, 'series'>): string {
  const each = Math.max(1, Math.ceil(points.length / SPARK_COLUMNS));
  const rates: (number | undefined)[] = [];
  for (let at = 0; at < points.length; at += each) {
    const seen = points.slice(at, at + each).filter(({ coveredUs }) => coveredUs > 0);
    rates.push(
      seen.length === 0
        ? undefined
        : Math.max(...seen.map((point) => rateOf(point, point.rxBytes + point.txBytes, stepUs))),
    );
  }
  const most = Math.max(1, ...rates.map((rate) => rate ?? 0));
  const blocks = rates.map((rate) =>
    rate === undefined ? '·' : LEVELS[Math.ceil((rate / most) * (LEVELS.length - 1))],
  );
  return `${blocks.join('')}  at most ${formatBitRate(most)}`;
}
