// Alerts as messages of Slack, by an incoming webhook. Texts are of the kind plain_text, which knows no markup; the fallback, which does,
// is escaped. No link is unfurled: names in alerts are anybody's.
import type { AlertSink, Delivery } from '@kaipo/core/api/alert-sink.js';
import { cut, deliveryWords } from './parts/delivery-words.js';
import { type HttpTarget, httpPost } from './parts/http-post.js';

/** Of Slack: a header has 150 characters, a text 3000. */
const MAX_HEADER = 150;
const MAX_TEXT = 3000;

export function slackChannel({ name, ...target }: HttpTarget & { readonly name: string }): AlertSink {
  return { name, deliver: (delivery, signal) => httpPost(target, slackBody(delivery), signal) };
}

export function slackBody(delivery: Delivery): string {
  const { title, lines } = deliveryWords(delivery);
  const plain = (text: string, longest: number): object => ({
    type: 'plain_text',
    text: cut(text, longest),
    emoji: false,
  });
  return JSON.stringify({
    text: escaped(title),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(title, MAX_HEADER) },
      ...(lines.length > 0 ? [{ type: 'section', text: plain(lines.join('\n'), MAX_TEXT) }] : []),
    ],
  });
}

/** All that Slack asks for: mentions and links stand in angle brackets. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
