// Which service a program's own words belong to: user agents, certificate subjects. Owns: words and where they may stand.
// Bound: what was added; a look-up reads at most MAX_TEXT characters once for each word.

const MAX_TEXT = 512;

interface Words {
  readonly text: string;
  readonly service: number;
}

export class TextTable {
  readonly #words: Words[] = [];

  /**
   * Words of any case. They count where they are not the inside of a longer word: "Thunder" is not in "Thunderbird".
   * @returns who has them now: `service`, or the one that had them before.
   */
  add(text: string, service: number): number {
    const lower = text.toLowerCase();
    const same = this.#words.find((words) => words.text === lower);
    if (same !== undefined) return same.service;
    this.#words.push({ text: lower, service });
    return service;
  }

  /** The service of the longest words in `text`, or -1; of equal ones the first. */
  find(text: string): number {
    const lower = text.slice(0, MAX_TEXT).toLowerCase();
    let best: Words | undefined;
    for (const words of this.#words)
      if (words.text.length > (best?.text.length ?? 0) && contains(lower, words.text)) best = words;
    return best?.service ?? -1;
  }
}

const isWordLetter = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a) || code > 0x7f;
};

function contains(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const end = at + words.length;
    const beginsFree = !isWordLetter(words, 0) || at === 0 || !isWordLetter(text, at - 1);
    const endsFree = !isWordLetter(words, words.length - 1) || end === text.length || !isWordLetter(text, end);
    if (beginsFree && endsFree) return true;
  }
  return false;
}
