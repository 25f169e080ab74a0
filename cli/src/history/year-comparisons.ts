// What an amount of bytes is as much as: things people can imagine. Owns the things and what they are taken to be. Pure.

export interface Comparison {
  /** Stable, for programs. */
  readonly id: string;
  /** "hours of HD video": follows the amount. */
  readonly text: string;
  readonly amount: number;
  /** What one is taken to be. */
  readonly basis: string;
}

interface Thing {
  readonly id: string;
  readonly text: string;
  readonly bytes: number;
  readonly basis: string;
  /** Of the amount: pieces into metres, hours into days. */
  readonly scale?: number;
}

const GB = 1e9;
const MB = 1e6;

/** Largest first: one fits whatever the amount. */
const THINGS: readonly Thing[] = [
  { id: 'wikipedia', text: 'copies of the English Wikipedia with pictures', bytes: 115 * GB, basis: '115 GB a copy' },
  { id: 'films', text: 'films in 4K', bytes: 20 * GB, basis: '20 GB a film' },
  { id: 'video', text: 'hours of HD video', bytes: 3 * GB, basis: '3 GB an hour' },
  {
    id: 'discs',
    text: 'metres of CDs on top of each other',
    bytes: 700 * MB,
    basis: '700 MB and 1.2 mm a disc',
    scale: 0.0012,
  },
  { id: 'calls', text: 'hours of video calls', bytes: 1 * GB, basis: '1 GB an hour' },
  { id: 'songs', text: 'songs', bytes: 8 * MB, basis: '8 MB a song' },
  { id: 'photos', text: 'photos of a phone', bytes: 4 * MB, basis: '4 MB a photo' },
  { id: 'books', text: 'novels as text', bytes: 1 * MB, basis: '1 MB a novel' },
  { id: 'pages', text: 'typed pages', bytes: 2000, basis: '2,000 characters a page' },
];
/** Numbers outside of this are none people can imagine. */
const [LEAST, MOST] = [1, 1e6];

export function yearComparisons(totalBytes: number, most = 3): Comparison[] {
  const all = THINGS.map(({ id, text, bytes, basis, scale = 1 }) => ({
    id,
    text,
    amount: (totalBytes / bytes) * scale,
    basis,
  }));
  return all.filter(({ amount }) => amount >= LEAST && amount < MOST).slice(0, most);
}
