// Alerts as messages of ntfy, published as JSON to the root of the server: nothing of an alert is in a header. Markdown stays off.
import type { AlertSink, Delivery } from '@kaipo/core/api/alert-sink.js';
import type { Severity } from '@kaipo/core/api/events.js';
import { cut, deliveryWords } from './parts/delivery-words.js';
import { type HttpTarget, httpPost } from './parts/http-post.js';

/** Of ntfy: longer messages become attachments. In bytes. */
const MAX_MESSAGE_BYTES = 4096;
const MAX_TITLE = 200;
const PRIORITIES: Readonly<Record<Severity, number>> = { info: 2, warning: 3, critical: 5 };
const TAGS: Readonly<Record<Severity, string>> = {
  info: 'information_source',
  warning: 'warning',
  critical: 'rotating_light',
};

/** @param url https://ntfy.sh/topic */
export function ntfyChannel({ name, url, ...target }: HttpTarget & { readonly name: string }): AlertSink {
  const { root, topic } = ntfyTopic(url);
  const post = { ...target, url: root };
  return { name, deliver: (delivery, signal) => httpPost(post, ntfyBody(delivery, topic), signal) };
}

/** The last part of the path is the topic, what is before it the server. */
export function ntfyTopic(url: string): { readonly root: string; readonly topic: string } {
  const root = new URL(url);
  const parts = root.pathname.replace(/\/+$/, '').split('/');
  const topic = decodeURIComponent(parts.pop() ?? '');
  root.pathname = `${parts.join('/')}/`;
  return { root: root.href, topic };
}

export function ntfyBody(delivery: Delivery, topic: string): string {
  const { title, lines, severity } = deliveryWords(delivery);
  const isOver = delivery.reason === 'resolved';
  return JSON.stringify({
    topic,
    title: cut(title, MAX_TITLE),
    message: firstBytes(lines.join('\n') || title, MAX_MESSAGE_BYTES),
    priority: isOver ? 2 : PRIORITIES[severity],
    tags: [isOver ? 'white_check_mark' : TAGS[severity]],
  });
}

/** Whole characters only. */
function firstBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  let end = most;
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
