// What an incident is called: sixteen hex digits, thirteen of the microsecond it began and three of a counter. Owns the form; ids sort by time.
const DIGITS = 13;
const COUNTER_DIGITS = 3;
const COUNTS = 16 ** COUNTER_DIGITS;

export function incidentId(firstUs: number, count: number): string {
  const time = Math.max(0, Math.floor(firstUs)).toString(16).padStart(DIGITS, '0');
  return time + (count % COUNTS).toString(16).padStart(COUNTER_DIGITS, '0');
}

export const isIncidentId = (text: string): boolean => /^[0-9a-f]{16}$/.test(text);
