// The line that is being typed, what could follow, and what is wrong with it. Owns: how they look. Must not know: what keys do to them.
// Bound: one line, and a box of at most twelve above it.
import { type Canvas, type Line, span } from '../canvas.js';
import { clustersOf, cutText, fitText, textWidth } from '../display-text.js';
import type { Prompt } from '../prompt.js';
import type { Glyphs } from '../theme.js';

const TITLES: Readonly<Record<Prompt['kind'], string>> = {
  filter: 'filter',
  'mute-reason': 'why mute it',
  'mute-time': 'for how long',
};
const MAX_OFFERS = 8;

/** Draws on the last line of the canvas, and above it. */
export function drawPrompt(canvas: Canvas, prompt: Prompt, glyphs: Glyphs): void {
  const title = ` ${TITLES[prompt.kind]} `;
  const y = canvas.height - 1;
  const room = canvas.width - title.length - 1;
  const { before, at, after } = windowed(prompt, room);
  const blank = ' '.repeat(canvas.width);
  canvas.put(0, y, [span(blank)]);
  canvas.put(0, y, [
    span(title, 'paused'),
    span(' '),
    span(before),
    span(at === '' ? ' ' : at, 'selected'),
    span(after),
  ]);
  const said = trouble(prompt);
  if (said !== undefined) {
    canvas.put(0, y - 1, [span(blank)]);
    canvas.put(0, y - 1, [span(' '), span(cutText(said, canvas.width - 2), 'bad')]);
  }
  if (prompt.kind === 'filter') drawOffers(canvas, prompt, glyphs, title.length + 1, said === undefined ? y : y - 1);
}

/** The part of the text around the cursor that fits. */
function windowed({ line }: Prompt, room: number): { before: string; at: string; after: string } {
  const left = clustersOf(line.text.slice(0, line.cursor)).map((cluster) => cluster.text);
  const [at, ...right] = clustersOf(line.text.slice(line.cursor)).map((cluster) => cluster.text);
  while (left.length > 0 && textWidth(left.join('')) > room - 2) left.shift();
  return { before: left.join(''), at: at ?? '', after: right.join('') };
}

function trouble(prompt: Prompt): string | undefined {
  if (prompt.kind !== 'filter') return prompt.wrong;
  const { problem, line } = prompt;
  // Half a word is not wrong yet: only what stands before the cursor's word is told.
  if (
    problem === undefined ||
    (problem.at + problem.length >= line.text.trimEnd().length && line.cursor === line.text.length)
  )
    return undefined;
  return `column ${problem.at + 1}: ${problem.message}${problem.fix === undefined ? '' : `; try ${problem.fix}`}`;
}

function drawOffers(
  canvas: Canvas,
  { completion, chosen, line }: Extract<Prompt, { kind: 'filter' }>,
  glyphs: Glyphs,
  left: number,
  bottom: number,
): void {
  const all = completion.options;
  if (all.length === 0) return;
  const first = Math.max(0, Math.min((chosen ?? 0) - MAX_OFFERS + 1, all.length - MAX_OFFERS));
  const shown = all.slice(first, first + Math.min(MAX_OFFERS, bottom - 3));
  const nameWidth = Math.min(30, Math.max(...shown.map((option) => textWidth(option.text))));
  const meansWidth = Math.min(40, Math.max(...shown.map((option) => textWidth(option.means))));
  const width = Math.min(canvas.width - 2, nameWidth + meansWidth + 6);
  const x = Math.max(0, Math.min(left + textWidth(line.text.slice(0, completion.from)), canvas.width - width));
  const rect = { x, y: bottom - shown.length - 2, width, height: shown.length + 2 };
  canvas.box(rect, glyphs, 'focus', { right: [span(' Tab ', 'key')] });
  shown.forEach((option, row) => {
    const words: Line = [
      span(fitText(option.text, nameWidth, 'left', glyphs.ellipsis), 'strong'),
      span('  '),
      span(cutText(option.means, width - nameWidth - 6, glyphs.ellipsis), 'dim'),
    ];
    canvas.put(x + 2, rect.y + 1 + row, words, width - 4);
    if (first + row === chosen) canvas.paint(x + 1, rect.y + 1 + row, width - 2, 'selected');
  });
}
