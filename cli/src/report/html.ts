// Text into HTML. Owns escaping: the only way captured text reaches a page is through the `html` tag.
import { safeText } from '@kaipo/core/kernel/safe-text.js';

/** Markup that is already safe. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | undefined | readonly (Markup | undefined)[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `maxLength`: for sentences of ours with captured names in them. */
export function escapeHtml(text: string, maxLength?: number): string {
  return safeText(text, maxLength).replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** A template whose values are escaped unless they are Markup themselves; lists are joined, absent values leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0]!;
  parts.forEach((part, index) => {
    text += partText(part) + strings[index + 1]!;
  });
  return new Markup(text);
}

function partText(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(partText).join('');
  return escapeHtml(String(part));
}
