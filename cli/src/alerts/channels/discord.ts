// Alerts as messages of Discord, by a webhook. Nobody can be mentioned (allowed_mentions), and markup is escaped, so that a captured name
// is read and never rendered. Discord confirms that it kept the message (wait=true).
import type { AlertSink, Delivery } from '@kaipo/core/api/alert-sink.js';
import type { Severity } from '@kaipo/core/api/events.js';
import { cut, deliveryWords } from './parts/delivery-words.js';
import { type HttpTarget, httpPost } from './parts/http-post.js';

/** Of Discord: a title has 256 characters, a description 4096. */
const MAX_TITLE = 256;
const MAX_DESCRIPTION = 4096;
const COLORS: Readonly<Record<Severity, number>> = { info: 0x3b82f6, warning: 0xf59e0b, critical: 0xdc2626 };
const OVER = 0x16a34a;

export function discordChannel({ name, url, ...target }: HttpTarget & { readonly name: string }): AlertSink {
  const kept = new URL(url);
  kept.searchParams.set('wait', 'true');
  const post = { ...target, url: kept.href };
  return { name, deliver: (delivery, signal) => httpPost(post, discordBody(delivery), signal) };
}

export function discordBody(delivery: Delivery): string {
  const { title, lines, severity } = deliveryWords(delivery);
  return JSON.stringify({
    username: 'kaipo',
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: escaped(title, MAX_TITLE),
        description: escaped(lines.join('\n'), MAX_DESCRIPTION),
        color: delivery.reason === 'resolved' ? OVER : COLORS[severity],
        timestamp: new Date(delivery.atUs / 1000).toISOString(),
      },
    ],
  });
}

/** A backslash before every sign that could mean something; cut where it leaves no lone backslash. */
function escaped(text: string, longest: number): string {
  const whole = text.replaceAll(/[\\*_~|>#[\]()@:<`+-]/g, '\\$&');
  return whole.length <= longest ? whole : cut(whole, longest).replace(/\\+$/, '');
}
