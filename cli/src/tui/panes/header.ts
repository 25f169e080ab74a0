// The top line: what kaipo sees, how much it lost, whether it records. On lower rungs a second line says how to see more.
// Owns: wording of the rungs. Bound: one or two lines.
import { formatCount } from '@kaipo/core/kernel/units.js';
import { type LiveSnapshot, SOCKETS_NOTE } from '@kaipo/core/query/live-snapshot.js';
import { type Line, type Span, span } from '../canvas.js';
import { clockText } from '../clock-text.js';
import { cutText } from '../display-text.js';
import { type BarPart, fitParts } from '../fit-parts.js';
import { perSecond, type ViewContext } from '../pane.js';

export function headerLines(context: ViewContext, paused: boolean, filter: string | undefined, width: number): Line[] {
  const lines = [fitParts(headerParts(context, paused, filter), width - 2)];
  const { rungFix, appsFrom } = context.snapshot;
  if (rungFix !== undefined || appsFrom !== undefined) lines.push(fixLine(context.snapshot, width - 2));
  return lines.map((line) => [span(' '), ...line]);
}

function headerParts(context: ViewContext, paused: boolean, filter: string | undefined): BarPart[] {
  const { snapshot, glyphs, memory } = context;
  const full = snapshot.rung === 'capture+events';
  const rung = span(
    `${snapshot.rung === 'counters' ? glyphs.off : glyphs.on} ${snapshot.rung}`,
    full ? 'good' : 'warn',
  );
  const parts: BarPart[] = [
    { priority: 1, variants: [[span('kaipo', 'brand')]] },
    { priority: 1, variants: [[rung]] },
  ];
  if (snapshot.helper !== undefined) {
    parts.push({
      priority: 8,
      variants: [[span(`${snapshot.helper} helper`, 'dim')], [span(snapshot.helper, 'dim')], []],
    });
  }
  const names = snapshot.interfaces.filter((link) => link.captured).map((link) => link.name);
  if (names.length > 0) parts.push({ priority: 6, variants: nameVariants(names) });
  if (snapshot.rung !== 'counters') {
    const packets = formatCount(perSecond(snapshot.capture.received, context));
    parts.push({ priority: 9, variants: [[span(`${packets} pkt/s`, 'dim')], []] });
    parts.push({ priority: 3, side: 'right', variants: lossVariants(snapshot, memory.received, memory.dropped) });
    const { gaps } = snapshot.capture;
    if (gaps > 0) {
      parts.push({ priority: 4, side: 'right', variants: [[span(gaps === 1 ? '1 gap' : `${gaps} gaps`, 'warn')], []] });
    }
  }
  parts.push({ priority: 5, side: 'right', variants: recordingVariants(context) });
  if (filter !== undefined) parts.push({ priority: 2, variants: filterVariants(filter) });
  if (context.past !== undefined)
    parts.push({
      priority: 1,
      side: 'right',
      // When is what matters: of the label the end is kept longest.
      variants: [[span(` PAST ${context.past} `, 'past')], [span(` PAST ${context.past.split(' ').at(-1)} `, 'past')]],
    });
  else if (paused) parts.push({ priority: 1, side: 'right', variants: [[span(' PAUSED ', 'paused')]] });
  parts.push({ priority: 7, side: 'right', variants: [[span(clockText(snapshot.tsUs))], []] });
  return parts;
}

/** What is left out of a picture has to be seen. */
function filterVariants(filter: string): Line[] {
  return [60, 30, 16].map((room) => [span('only ', 'warn'), span(cutText(filter, room), 'strong')]);
}

function nameVariants(names: readonly string[]): Line[] {
  const variants: Line[] = [];
  for (let shown = Math.min(names.length, 4); shown > 0; shown -= 1) {
    const more = names.length - shown;
    variants.push([span(names.slice(0, shown).join(', ') + (more > 0 ? ` +${more}` : ''))]);
  }
  variants.push([]);
  return variants;
}

/** What was lost since this screen opened; loud when packets are being lost now. */
function lossVariants(snapshot: LiveSnapshot, received: number, dropped: number): Line[] {
  if (!snapshot.capture.dropsKnown) return [[span('drops unknown', 'warn')], [span('drops ?', 'warn')], []];
  if (dropped === 0) return [[span(`0 of ${formatCount(received)} dropped`, 'dim')], [span('0 dropped', 'dim')], []];
  const losingNow = snapshot.capture.droppedByKernel + snapshot.capture.droppedByHelper > 0;
  const style = losingNow ? 'bad' : 'warn';
  const percent = lossText(received, dropped);
  return [
    [span(`${formatCount(dropped)} of ${formatCount(received)} dropped (${percent})`, style)],
    [span(`${percent} dropped`, style)],
    [span(`${percent} lost`, style)],
  ];
}

/** 12 of 1,000,000 -> `<0.01 %`: any loss shows. */
export function lossText(received: number, dropped: number): string {
  const percent = received > 0 ? (dropped / received) * 100 : 0;
  if (dropped > 0 && percent < 0.01) return '<0.01 %';
  return `${percent >= 10 ? percent.toFixed(0) : percent.toFixed(2)} %`;
}

function recordingVariants({ snapshot, glyphs }: ViewContext): Line[] {
  const { state, detail } = snapshot.recording;
  const worded = (words: string): string => (detail === undefined ? words : `${words}: ${detail}`);
  if (state === 'recording')
    return [
      // Attached: whose recording it is.
      ...(detail === undefined ? [] : [[span(`${glyphs.on} `, 'bad'), span(worded('recording'))]]),
      [span(`${glyphs.on} `, 'bad'), span('recording')],
      [span(`${glyphs.on} `, 'bad'), span('rec')],
      [],
    ];
  if (state === 'off') return [[span('not recording', 'dim')], [span('no rec', 'dim')], []];
  return [[span(` ${worded('READ-ONLY')} `, 'alarm')], [span(' READ-ONLY ', 'alarm')]];
}

const MISSING: Record<LiveSnapshot['rung'], string> = {
  'capture+events': '',
  capture: 'short-lived applications may stay unnamed',
  counters: 'totals by interface only',
};

function fixLine(snapshot: LiveSnapshot, width: number): Line {
  const missing = snapshot.appsFrom === undefined ? MISSING[snapshot.rung] : SOCKETS_NOTE;
  if (snapshot.rungFix === undefined) return [span(cutText(missing, width), 'dim')];
  const fix: Span[] = [span('for more: ', 'dim'), span(snapshot.rungFix, 'strong')];
  return fitParts(
    [{ priority: 1, variants: missing === '' ? [fix] : [[span(`${missing}; `, 'dim'), ...fix], fix] }],
    width,
  );
}
