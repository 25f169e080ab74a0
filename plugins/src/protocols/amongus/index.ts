// Among Us: the hello packet of Hazel: sequence number, version of the game, name of the player.
// Owns: that packet. Bound: one look at it.
import { defineProtocol, MATCH, NOT_MINE, type Probe, type Verdict } from '@kaipo/core/api/index.js';
import { u16, u32le } from '@kaipo/core/wire/bytes.js';
import { isText } from '@kaipo/core/wire/match.js';

const NAME_AT = 9;
/** Versions count years, months and days: 25,000 a year, 1,800 a month, 50 a day. */
const VERSIONS_A_YEAR = 25_000;
const FIRST_YEAR = 2018;
const LAST_YEAR = 2045;

export const amongusPlugin = defineProtocol('Among Us (Hazel)', {
  name: 'amongus',
  transports: ['udp'],
  ports: [22023, 22024, 22025, 22026, 22027],
  firstBytes: [8],
  application: 'Among Us',
  probe,
});

function probe({ bytes, start, end }: Probe): Verdict {
  if (end - start < NAME_AT + 1 || u16(bytes, start + 1) !== 1 || bytes[start + 3] !== 0) return NOT_MINE;
  const year = u32le(bytes, start + 4) / VERSIONS_A_YEAR;
  const nameLength = bytes[start + NAME_AT - 1]!;
  if (year < FIRST_YEAR || year > LAST_YEAR || nameLength === 0 || nameLength > 16) return NOT_MINE;
  const nameEnd = start + NAME_AT + nameLength;
  return nameEnd <= end && end - nameEnd <= 32 && isText(bytes, start + NAME_AT, nameEnd) ? MATCH : NOT_MINE;
}
