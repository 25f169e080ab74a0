// The end of a program whose terminal went away before it. Owns: that node does not abort then. Must not know who used the terminal.
import { closeSync, fstatSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * At its end node gives each standard stream that began as a terminal its modes back, and aborts (a core dump, exit code 134) when the
 * terminal refuses, as one does that was closed. What is no terminal any more is therefore no standard stream any more by then.
 */
export function endWithoutTerminal(): void {
  if (process.platform !== 'win32') process.once('exit', dropClosedTerminals);
}

function dropClosedTerminals(): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      // /dev/null is one of these too: opened again, it is what it was.
      if (!fstatSync(descriptor).isCharacterDevice() || isatty(descriptor)) continue;
      closeSync(descriptor);
      // The lowest number that is free.
      openSync('/dev/null', 'r+');
    } catch {
      // Closed already: node leaves it alone.
    }
  }
}
