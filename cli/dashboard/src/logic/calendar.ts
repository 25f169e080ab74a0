// A year as months of days. Owns which day stands where: weeks begin on Monday. Must not know what is drawn in them.

export interface CalendarMonth<Day> {
  /** 0 to 11. */
  readonly month: number;
  /** Empty places before the first day. */
  readonly offset: number;
  readonly days: readonly Day[];
}

/** @param days of one year, in order */
export function calendarMonths<Day extends { readonly date: string }>(days: readonly Day[]): CalendarMonth<Day>[] {
  const months = Array.from({ length: 12 }, (): Day[] => []);
  for (const day of days) months[Number(day.date.slice(5, 7)) - 1]?.push(day);
  return months.map((own, month) => ({ month, offset: weekdayOf(own[0]?.date), days: own }));
}

/** 0 is Monday. A date is a day of the calendar, in no zone: noon of UTC is on it everywhere that matters here. */
export function weekdayOf(date: string | undefined): number {
  return date === undefined ? 0 : (new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7;
}
