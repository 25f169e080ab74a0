// Wall-clock time on a screen. Owns: local HH:MM:SS of a capture time.

/** Microseconds since the epoch as local `HH:MM:SS`. */
export function clockText(tsUs: number): string {
  const date = new Date(tsUs / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
