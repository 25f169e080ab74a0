// One connection to one helper: a stream of bytes that ends once. What a session supervises; how it came about (a process,
// the service's socket) is known only to the two files that make one.
import type { HelperKind } from './find-helpers.js';

export interface LinkEnd {
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  /** Last line the helper wrote to stderr, printable ASCII, or why the connection ended; '' when nothing is known. */
  readonly message: string;
}

export interface LinkHandler {
  /** Where the next bytes are read to, when the reader has memory for them. Asked before each reading. */
  space?(): Uint8Array | undefined;
  /** Valid during the call only. */
  onBytes(bytes: Uint8Array): void;
  /** A line the helper wrote to stderr: printable ASCII, at most MAX_LINE characters. */
  onLine(text: string): void;
  /** Once, after the last byte. Not called after destroy(). */
  onEnd(end: LinkEnd): void;
}

export interface HelperLink {
  readonly helper: HelperKind;
  readonly pid: number | undefined;
  /** False once the helper is known to be gone. */
  readonly alive: boolean;
  /** Starts the flow of bytes; to be called once. */
  attach(handler: LinkHandler): void;
  pause(): void;
  resume(): void;
  /** Asks for the orderly end: shuts down our writing side. Bytes keep coming until onEnd. */
  finish(): void;
  /** Ends it now: closes every descriptor and kills the process where we may. No callback follows. */
  destroy(): void;
}

/** Most characters kept of a line of stderr. */
export const MAX_LINE = 512;

/** Text of a helper for a person: printable ASCII on one line, without the name of the program. */
export function cleanLine(text: string): string {
  return text
    .slice(0, MAX_LINE)
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/^kaipo-capture: /, '')
    .trim();
}
