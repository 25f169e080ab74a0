// What happened that someone should know: gaps, drops, an interface gone, alerts. Owns: their order and marks.
// Bound: as many lines as the layout gives; the newest and gravest win.
import type { LiveNotice } from '@kaipo/core/query/live-snapshot.js';
import { type Line, span } from '../canvas.js';
import { clockText } from '../clock-text.js';
import { fitText } from '../display-text.js';
import type { Glyphs, StyleName } from '../theme.js';

const STYLES: Record<LiveNotice['severity'], StyleName> = { info: 'dim', warning: 'warn', critical: 'bad' };
const GRAVITY: Record<LiveNotice['severity'], number> = { info: 0, warning: 1, critical: 2 };

/** `notices` oldest first; returns at most `height` lines, newest last. */
export function noticeLines(notices: readonly LiveNotice[], glyphs: Glyphs, width: number, height: number): Line[] {
  const ranked = notices.map((notice, index) => ({ notice, index }));
  ranked.sort((a, b) => GRAVITY[b.notice.severity] - GRAVITY[a.notice.severity] || b.index - a.index);
  const shown = ranked.slice(0, height).sort((a, b) => a.index - b.index);
  const hidden = notices.length - shown.length;
  return shown.map(({ notice }, row) => {
    const more = row === shown.length - 1 && hidden > 0 ? `  +${hidden} more` : '';
    const style = STYLES[notice.severity];
    const room = width - 13 - more.length;
    return [
      span(` ${notice.severity === 'info' ? ' ' : glyphs.on} `, style),
      span(`${clockText(notice.tsUs)} `, 'dim'),
      span(fitText(notice.text, room, 'left', glyphs.ellipsis), notice.severity === 'info' ? 'text' : style),
      span(more, 'dim'),
    ];
  });
}
