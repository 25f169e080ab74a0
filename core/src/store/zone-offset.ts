// The standard time of this process's zone. Owns the one question asked when a store is made.

/** Seconds east of UTC without summer time, in the year of `atUs`: the smaller of the offsets of January and July. */
export function standardOffsetS(atUs: number): number {
  const year = new Date(atUs / 1000).getUTCFullYear();
  const offsets = [0, 6].map((month) => -new Date(Date.UTC(year, month, 1)).getTimezoneOffset() * 60);
  const offsetS = Math.min(...offsets);
  return Number.isFinite(offsetS) ? offsetS : 0;
}
