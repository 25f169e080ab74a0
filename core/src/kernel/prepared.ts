// What the build has worked out beforehand of text that people edit. Owns: that it is used for the very text it was made of, and
// for no other. Only the bundle has such files (.ci/bundle.mjs), made by the code that is in it; what is compiled works it out anew.
import { readFileSync } from 'node:fs';

export interface Prepared {
  readonly text: string;
  readonly value: unknown;
}

/** The value, when `file` is there and was made of `text`. */
export function preparedOf(file: URL, text: string): unknown {
  try {
    const prepared = JSON.parse(readFileSync(file, 'utf8')) as Prepared;
    return prepared.text === text ? prepared.value : undefined;
  } catch {
    return undefined;
  }
}
