// PostgreSQL (protocol 3.0 and later, also CockroachDB, Redshift, PgBouncer). Owns: how its messages begin and follow each other.
// Must not know: SQL. Bound: `postgresql-reader.ts`.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { u32 } from '@kaipo/core/wire/bytes.js';
import { isText } from '@kaipo/core/wire/match.js';
import { BROKEN, endsExactly, followChain, wholeMessages } from '@kaipo/core/wire/message-chain.js';
import { PG_STARTUP, pgClientLength, pgOpening, pgServerLength } from '@kaipo/core/wire/postgresql.js';
import { PostgresqlReader } from './postgresql-reader.js';

const QUERY = 0x51;
const READY = 0x5a;
const ERROR = 0x45;

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start] === 0) return opening(p);
  if (end - start < 5) return end - start < 2 || bytes[start + 1] === 0 ? UNSURE : NOT_MINE;
  if (bytes[start + 1] !== 0) return NOT_MINE;
  if (p.fromStart) return typed(p, p.fromClient ? pgClientLength : pgServerLength);
  // Who is the client is a guess when the beginning was not seen.
  const verdict = typed(p, pgClientLength);
  return verdict === MATCH ? MATCH : (Math.max(verdict, typed(p, pgServerLength)) as Verdict);
}

function opening(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 8) return end - start < 2 || bytes[start + 1] === 0 ? UNSURE : NOT_MINE;
  const what = pgOpening(bytes, start);
  if (what !== PG_STARTUP) return what === 0 ? NOT_MINE : MATCH;
  // Names and values, each ended by a zero: the first name is a word.
  if (end - start < 12) return UNSURE;
  for (let at = start + 8; at < start + 12; at++) if (bytes[at]! < 0x5f || bytes[at]! > 0x7a) return NOT_MINE;
  return MATCH;
}

/** Seen from the middle: a chain of typed messages. */
function typed(p: Probe, lengthOf: typeof pgClientLength): Verdict {
  const { bytes, start, end } = p;
  const chain = followChain(bytes, start, end, lengthOf);
  if (chain === BROKEN) return NOT_MINE;
  const isExact = endsExactly(chain);
  const whole = wholeMessages(chain);
  if (whole >= 3 || (isExact && whole === 2)) return MATCH;
  if (!isExact) return UNSURE;
  const type = bytes[start]!;
  if (type === QUERY)
    return bytes[end - 1] === 0 && end - start > 9 && isText(bytes, start + 5, end - 1) ? MATCH : UNSURE;
  // The first word of a server: authentication asked for (R, 0..12), or an error with its severity first.
  if (type === 0x52 && u32(bytes, start + 5) <= 12) return MATCH;
  if (type === ERROR && bytes[start + 5] === 0x53 && bytes[end - 1] === 0) return MATCH;
  return type === READY && end - start === 6 ? MATCH : UNSURE;
}

export const postgresqlPlugin = defineProtocol('PostgreSQL', {
  name: 'postgresql',
  transports: ['tcp'],
  ports: [5432, 5433, 6432, 26_257],
  firstBytes: [0, ...[...'BCDEFHPQSXcdfp123AGIKNRTVWZnstv'].map((letter) => letter.charCodeAt(0))],
  probe,
  open: (flow) => new PostgresqlReader(flow),
});
