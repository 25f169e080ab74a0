// Sentences of a report in lines a terminal shows. Owns where they break: between words.
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { displayWidth } from '../output/display-width.js';

const COLUMNS = 96;
const MAX_CHARACTERS = 4096;

/** Two spaces in front of each line, each ended by a newline. */
export function wrappedText(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of safeText(text, MAX_CHARACTERS).split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > COLUMNS) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part) => `  ${part}\n`).join('');
}
