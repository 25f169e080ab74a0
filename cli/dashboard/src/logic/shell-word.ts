// A word of a command that people copy into a shell. Names come from strangers: whatever one is, it stays one word and runs nothing.

/** As it is where nothing in it means anything to a shell, else in quotes; control characters, which end a line, are blanks. */
export function shellWord(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
  return /^[\w.:/@%+=][\w.:/@%+=-]*$/.test(line) ? line : `'${line.replaceAll("'", "'\\''")}'`;
}
