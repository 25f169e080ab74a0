// MySQL, MariaDB and what speaks their classic protocol. Owns: greeting, login, and commands seen from the middle. Must not know: SQL
// beyond the words a statement begins with. Bound: `mysql-reader.ts`.
import { defineProtocol, MATCH, NOT_MINE, type Probe, UNSURE, type Verdict } from '@kaipo/core/api/index.js';
import { asciiBytes, beginsWith, beginsWithWord, indexOfByte, isText } from '@kaipo/core/wire/match.js';
import {
  isMysqlLogin,
  isMysqlTlsRequest,
  mysqlGreetingVersionEnd,
  mysqlLength,
  mysqlSequence,
} from '@kaipo/core/wire/mysql.js';
import { MysqlReader } from './mysql-reader.js';

const STATEMENTS = ['select ', 'insert ', 'update ', 'delete ', 'set ', 'show ', 'use ', 'begin', 'start transaction', 'commit', 'rollback', 'create ', 'alter ', 'drop ', 'replace ', 'call ', 'explain ', 'describe ', 'lock ', 'unlock '].map(asciiBytes); // biome-ignore format: one list
const CATALOG = Uint8Array.of(3, 0x64, 0x65, 0x66);

function probe(p: Probe): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 5) return end - start < 4 || bytes[start + 3]! <= 2 ? UNSURE : NOT_MINE;
  const length = mysqlLength(bytes, start);
  if (length === 0 || length > 1_048_576) return NOT_MINE;
  const sequence = mysqlSequence(bytes, start);
  // Who is the client is a guess when the beginning was not seen.
  const isClient = p.fromStart ? p.fromClient : bytes[start + 4] !== 10 && bytes[start + 4] !== 0xff && length !== 1;
  if (!isClient) return sequence === 0 ? greeting(p, length) : sequence === 1 ? answer(p, length) : NOT_MINE;
  if (sequence === 0) return command(p, length);
  return sequence <= 2 ? login(p, length) : NOT_MINE;
}

function greeting(p: Probe, length: number): Verdict {
  const { bytes, start, end } = p;
  if (bytes[start + 4] === 0xff) return refusal(p, length);
  if (bytes[start + 4] !== 10 || length < 40 || length > 355 || end - start > length + 4) return NOT_MINE;
  const zero = mysqlGreetingVersionEnd(bytes, start, end);
  return zero < 0 ? NOT_MINE : zero === 0 ? UNSURE : MATCH;
}

/** Instead of a greeting: too many connections (1040), host blocked (1129), host not allowed (1130). */
function refusal(p: Probe, length: number): Verdict {
  const { bytes, start, end } = p;
  if (end - start < 12) return UNSURE;
  const code = bytes[start + 5]! | (bytes[start + 6]! << 8);
  if (code !== 1040 && code !== 1129 && code !== 1130) return NOT_MINE;
  if (end - start > length + 4) return NOT_MINE;
  return isText(bytes, start + 7, end) ? MATCH : NOT_MINE;
}

function login(p: Probe, length: number): Verdict {
  const { bytes, start, end } = p;
  if (length < 32 || length > 8192) return NOT_MINE;
  if (end - start < 36) return UNSURE;
  if (!isMysqlLogin(bytes, start)) return NOT_MINE;
  // It is all a client says until it is answered, but for TLS, which may follow its request.
  if (end - start > length + 4) return isMysqlTlsRequest(bytes, start) && bytes[start + 36] === 0x16 ? MATCH : NOT_MINE;
  if (length === 32) return isMysqlTlsRequest(bytes, start) ? MATCH : NOT_MINE;
  const zero = indexOfByte(bytes, start + 36, end, 0);
  if (zero < 0) return end - start < length + 4 ? UNSURE : NOT_MINE;
  // The user; control characters are in no name.
  for (let at = start + 36; at < zero; at++) if (bytes[at]! < 0x20) return NOT_MINE;
  return end - start === length + 4 ? MATCH : UNSURE;
}

/** COM_QUERY or COM_STMT_PREPARE with a statement that fills the packet. */
function command(p: Probe, length: number): Verdict {
  const { bytes, start, end } = p;
  const kind = bytes[start + 4];
  if ((kind !== 3 && kind !== 0x16) || length < 5 || end - start > length + 4) return NOT_MINE;
  if (end - start < 14) return end - start === length + 4 ? statement(p) : UNSURE;
  return statement(p);
}

function statement(p: Probe): Verdict {
  for (let i = 0; i < STATEMENTS.length; i++)
    if (beginsWithWord(p.bytes, p.start + 5, p.end, STATEMENTS[i]!)) return MATCH;
  return NOT_MINE;
}

/** The answer to a query: the number of columns, then the first column, whose catalog is "def". */
function answer(p: Probe, length: number): Verdict {
  const { bytes, start, end } = p;
  if (length !== 1) return NOT_MINE;
  if (end - start < 13) return UNSURE;
  return bytes[start + 4] !== 0 && bytes[start + 8] === 2 && beginsWith(bytes, start + 9, end, CATALOG)
    ? MATCH
    : NOT_MINE;
}

export const mysqlPlugin = defineProtocol('MySQL and MariaDB', {
  name: 'mysql',
  transports: ['tcp'],
  ports: [3306, 3307, 4000],
  // Which message of its exchange it is.
  stream: { at: 3, values: [0, 1, 2] },
  probe,
  open: (flow) => new MysqlReader(flow),
});
