// Reads the greeting and the login of a MySQL connection. Owns: version, user, database, the switch to TLS.
// Bound: one packet of each side.
import { DONE, type FlowReader, HAND_OVER, type ProtocolFlow, SKIP_SIDE } from '@kaipo/core/api/index.js';
import { indexOfByte, utf8Text } from '@kaipo/core/wire/match.js';
import {
  isMysqlLogin,
  isMysqlTlsRequest,
  MYSQL_HEADER_LEN,
  mysqlDatabaseStart,
  mysqlGreetingVersionEnd,
  mysqlLength,
  mysqlSequence,
} from '@kaipo/core/wire/mysql.js';

export class MysqlReader implements FlowReader {
  readonly #flow: ProtocolFlow;
  #isGreeted = false;
  #isTls = false;

  constructor(flow: ProtocolFlow) {
    this.#flow = flow;
  }

  read(bytes: Uint8Array, start: number, end: number, fromClient: boolean): number {
    if (this.#isTls) return HAND_OVER;
    return fromClient ? this.#client(bytes, start, end) : this.#server(bytes, start, end);
  }

  #server(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < MYSQL_HEADER_LEN + 1) return 0;
    if (this.#isGreeted || mysqlSequence(bytes, start) !== 0 || bytes[start + 4] !== 10) return SKIP_SIDE;
    const total = MYSQL_HEADER_LEN + mysqlLength(bytes, start);
    if (end - start < total && total < 512) return 0;
    const zero = mysqlGreetingVersionEnd(bytes, start, end);
    if (zero <= 0) return DONE;
    this.#isGreeted = true;
    // MariaDB puts 5.5.5- before its own version, for old replicas.
    const version = utf8Text(bytes, start + 5, zero, 80);
    const own = version.startsWith('5.5.5-') ? version.slice(6) : version;
    this.#flow.setDetails({ serverSoftware: version.includes('MariaDB') ? `MariaDB ${own}` : `MySQL ${own}` });
    return total;
  }

  #client(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 36) return end - start >= 4 && mysqlSequence(bytes, start) === 0 ? DONE : 0;
    if (!isMysqlLogin(bytes, start)) return DONE;
    if (isMysqlTlsRequest(bytes, start)) {
      this.#isTls = true;
      return 36;
    }
    const total = MYSQL_HEADER_LEN + mysqlLength(bytes, start);
    if (end - start < total && total < 4096) return 0;
    const packetEnd = Math.min(end, start + total);
    const userEnd = indexOfByte(bytes, start + 36, packetEnd, 0);
    if (userEnd < 0) return DONE;
    if (userEnd > start + 36) this.#flow.setDetails({ userName: utf8Text(bytes, start + 36, userEnd, 128) });
    const database = mysqlDatabaseStart(bytes, start, userEnd, packetEnd);
    const databaseEnd = database < 0 ? -1 : indexOfByte(bytes, database, packetEnd, 0);
    if (databaseEnd > database) this.#flow.setDetails({ subject: utf8Text(bytes, database, databaseEnd, 128) });
    return this.#isGreeted ? DONE : SKIP_SIDE;
  }
}
