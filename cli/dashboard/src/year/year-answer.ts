// What the API answers about a year, as far as the page reads it. Owns the shapes.
import type { CostPart, HeatCell, Row, Sums, Usage } from '../api/answers.js';

export interface YearDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly recorded: boolean;
  readonly recordedSeconds: number;
  /** Absent where nothing was recorded. */
  readonly txBytes?: number;
  readonly rxBytes?: number;
  readonly totalBytes?: number;
}

export interface YearMonth extends Omit<YearDay, 'date'> {
  /** YYYY-MM. */
  readonly month: string;
  readonly from: number;
  readonly to: number;
  readonly cost?: { readonly total: CostPart };
}

export interface TopRows {
  readonly rows: readonly Row[];
  /** Names there were. */
  readonly count: number;
  readonly other?: Sums;
  readonly unknown?: Sums;
  readonly total: Sums;
}

export interface YearAnswer extends Usage {
  readonly year: number;
  readonly from: number;
  readonly to: number;
  readonly recorded: boolean;
  readonly recordedSeconds: number;
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly totalBytes: number;
  readonly months: readonly YearMonth[];
  readonly days: readonly YearDay[];
  readonly recordedDays: number;
  readonly longestStreakDays: number;
  readonly averagePerRecordedDay?: number;
  readonly busiestDay?: YearDay;
  readonly heatMap: {
    readonly weekdays: readonly (readonly HeatCell[])[];
    readonly busiestHour?: { readonly from: number; readonly to: number; readonly totalBytes: number };
  };
  readonly top: Readonly<Record<'apps' | 'hosts' | 'protocols', TopRows>>;
  readonly zones: readonly (Sums & { readonly zone: string })[];
  readonly previous?: { readonly year: number; readonly totalBytes: number };
  readonly comparisons: readonly {
    readonly id: string;
    readonly text: string;
    readonly amount: number;
    readonly basis: string;
  }[];
}
