// MySQL and MariaDB classic protocol (dev.mysql.com, "Client/Server Protocol"). Owns: the packet header, the greeting, the login.
/** @hot */
import { u16le, u32le } from './bytes.js';
import { indexOfByte, isDigit, isText } from './match.js';

export const MYSQL_HEADER_LEN = 4;
const CLIENT_CONNECT_WITH_DB = 0x8;
const CLIENT_PROTOCOL_41 = 0x200;
const CLIENT_SSL = 0x800;
const CLIENT_SECURE_CONNECTION = 0x8000;
/** What every client of protocol 4.1 can: transactions, long passwords, or their hashes. */
const USUAL = CLIENT_SECURE_CONNECTION | 0x2000 | 1;
const CLIENT_PLUGIN_AUTH_LENENC = 0x200000;

/** Payload length of the packet whose header is at `at`. */
export const mysqlLength = (bytes: Uint8Array, at: number): number => u16le(bytes, at) | (bytes[at + 2]! << 16);
export const mysqlSequence = (bytes: Uint8Array, at: number): number => bytes[at + 3]!;

/**
 * Is the packet at `at` a greeting of protocol version 10: a version text and, behind it, what has to be there?
 * @returns where the version text ends; 0: more has to come; -1: no.
 */
export function mysqlGreetingVersionEnd(bytes: Uint8Array, at: number, end: number): number {
  const version = at + 5;
  const zero = indexOfByte(bytes, version, Math.min(end, version + 100), 0);
  if (zero < 0) return end - version < 100 && isText(bytes, version, end) ? 0 : -1;
  if (zero - version < 3 || !isDigit(bytes[version]) || !isText(bytes, version, zero)) return -1;
  const rest = at + MYSQL_HEADER_LEN + mysqlLength(bytes, at) - zero - 1;
  if (rest < 15 || rest > 255) return -1;
  // Thread id 4, first part of the salt 8, and a zero.
  if (zero + 14 > end) return 0;
  return bytes[zero + 13] === 0 ? zero : -1;
}

/** Is the packet at `at` a login or a request for TLS: capabilities with protocol 4.1, and 23 zeros? Needs 36 bytes. */
export function isMysqlLogin(bytes: Uint8Array, at: number): boolean {
  const capabilities = u16le(bytes, at + 4);
  if ((capabilities & CLIENT_PROTOCOL_41) === 0 || (capabilities & USUAL) === 0 || bytes[at + 12] === 0) return false;
  for (let i = at + 13; i < at + 32; i++) if (bytes[i] !== 0) return false;
  return true;
}

export const isMysqlTlsRequest = (bytes: Uint8Array, at: number): boolean =>
  mysqlLength(bytes, at) === 32 && (u16le(bytes, at + 4) & CLIENT_SSL) !== 0;

/** Where the database name begins in the login at `at` whose user name ends (zero) at `userEnd`; -1 when there is none. */
export function mysqlDatabaseStart(bytes: Uint8Array, at: number, userEnd: number, end: number): number {
  const capabilities = u32le(bytes, at + 4);
  if ((capabilities & CLIENT_CONNECT_WITH_DB) === 0 || userEnd + 1 >= end) return -1;
  if ((capabilities & (CLIENT_PLUGIN_AUTH_LENENC | CLIENT_SECURE_CONNECTION)) !== 0) {
    const length = bytes[userEnd + 1]!;
    return length < 251 && userEnd + 2 + length < end ? userEnd + 2 + length : -1;
  }
  const zero = indexOfByte(bytes, userEnd + 1, end, 0);
  return zero < 0 || zero + 1 >= end ? -1 : zero + 1;
}
