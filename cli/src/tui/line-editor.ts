// One line of text that is being typed. Owns: the text, the cursor, what editing keys do. Must not know: what the text is for.
// Bound: `limit` characters. Pure: an edit is a new value. The cursor stands between clusters, so that an emoji is one step.

export interface EditedLine {
  readonly text: string;
  readonly cursor: number;
}

let segmenter: Intl.Segmenter | undefined;

/** @param key as people write it. @param typed the character it makes, if any. Undefined: not a key of editing. */
export function editLine(
  line: EditedLine,
  key: string,
  typed: string | undefined,
  limit: number,
): EditedLine | undefined {
  const { text, cursor } = line;
  const at = (place: number): EditedLine => ({ text, cursor: place });
  const without = (from: number, to: number): EditedLine => ({
    text: text.slice(0, from) + text.slice(to),
    cursor: from,
  });
  switch (key) {
    case 'left':
    case 'ctrl-b':
      return at(before(text, cursor));
    case 'right':
    case 'ctrl-f':
      return at(after(text, cursor));
    case 'home':
    case 'ctrl-a':
      return at(0);
    case 'end':
    case 'ctrl-e':
      return at(text.length);
    case 'backspace':
    case 'ctrl-h':
      return without(before(text, cursor), cursor);
    case 'delete':
      return without(cursor, after(text, cursor));
    case 'ctrl-u':
      return without(0, cursor);
    case 'ctrl-k':
      return without(cursor, text.length);
    case 'ctrl-w':
      return without(text.slice(0, cursor).replace(/\S*\s*$/, '').length, cursor);
  }
  if (typed === undefined || typed === '' || /\p{Cc}/u.test(typed) || text.length + typed.length > limit)
    return undefined;
  return { text: text.slice(0, cursor) + typed + text.slice(cursor), cursor: cursor + typed.length };
}

function before(text: string, cursor: number): number {
  return boundaries(text).findLast((place) => place < cursor) ?? 0;
}

function after(text: string, cursor: number): number {
  return boundaries(text).find((place) => place > cursor) ?? text.length;
}

function boundaries(text: string): number[] {
  segmenter ??= new Intl.Segmenter();
  return [...segmenter.segment(text)].map((part) => part.index).concat(text.length);
}
