// The catalogue of errors a person can meet. Owns: code -> exit code. A bad packet is never one of these: it is data.
import {
  EXIT_BAD_DATA,
  EXIT_CANNOT_CREATE,
  EXIT_CONFIG,
  EXIT_IO,
  EXIT_NO_INPUT,
  EXIT_NO_PERMISSION,
  EXIT_TRY_AGAIN,
  EXIT_UNAVAILABLE,
  EXIT_USAGE,
} from './exit-codes.js';

export const ERROR_CODES = {
  KAIPO_USAGE: EXIT_USAGE,
  KAIPO_BAD_FILTER: EXIT_USAGE,
  KAIPO_NO_INTERFACE: EXIT_NO_INPUT,
  KAIPO_NO_INPUT: EXIT_NO_INPUT,
  KAIPO_INPUT_IS_DIRECTORY: EXIT_NO_INPUT,
  KAIPO_INPUT_UNREADABLE: EXIT_NO_PERMISSION,
  KAIPO_NOT_A_CAPTURE: EXIT_BAD_DATA,
  KAIPO_CAPTURE_EMPTY: EXIT_BAD_DATA,
  KAIPO_CAPTURE_CUT: EXIT_BAD_DATA,
  KAIPO_CAPTURE_CORRUPT: EXIT_BAD_DATA,
  KAIPO_CAPTURE_UNSUPPORTED: EXIT_BAD_DATA,
  KAIPO_NOT_A_HISTORY: EXIT_BAD_DATA,
  KAIPO_NO_PERMISSION: EXIT_NO_PERMISSION,
  KAIPO_HELPER_MISSING: EXIT_UNAVAILABLE,
  KAIPO_STREAM_HOSTILE: EXIT_UNAVAILABLE,
  KAIPO_STORE_BUSY: EXIT_TRY_AGAIN,
  KAIPO_STORE_UNREADABLE: EXIT_NO_PERMISSION,
  KAIPO_STORE_MISSING: EXIT_NO_INPUT,
  KAIPO_STORE_FULL: EXIT_IO,
  KAIPO_STORE_CORRUPT: EXIT_BAD_DATA,
  KAIPO_STORE_NEWER: EXIT_BAD_DATA,
  KAIPO_STORE_KEY: EXIT_NO_PERMISSION,
  KAIPO_BAD_CONFIG: EXIT_CONFIG,
  KAIPO_NO_RECORDER: EXIT_UNAVAILABLE,
  KAIPO_CANNOT_LISTEN: EXIT_UNAVAILABLE,
  KAIPO_CANNOT_CREATE: EXIT_CANNOT_CREATE,
  KAIPO_READ_FAILED: EXIT_IO,
  KAIPO_WRITE_FAILED: EXIT_IO,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error for a person: a stable code, what happened, and the one thing that fixes it. */
export class KaipoError extends Error {
  readonly code: ErrorCode;
  /** The command or change that would make it work, where there is one. */
  readonly fix: string | undefined;

  constructor(code: ErrorCode, message: string, fix?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KaipoError';
    this.code = code;
    this.fix = fix;
  }

  get exitCode(): number {
    return ERROR_CODES[this.code];
  }
}
