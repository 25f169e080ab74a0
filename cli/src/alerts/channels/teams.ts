// Alerts as cards of Microsoft Teams, by the address of a workflow ("when a webhook request is received"). Texts are runs of a
// RichTextBlock, which knows no markup.
import type { AlertSink, Delivery } from '@kaipo/core/api/alert-sink.js';
import type { Severity } from '@kaipo/core/api/events.js';
import { deliveryWords } from './parts/delivery-words.js';
import { type HttpTarget, httpPost } from './parts/http-post.js';

const COLORS: Readonly<Record<Severity, string>> = { info: 'Accent', warning: 'Warning', critical: 'Attention' };

export function teamsChannel({ name, ...target }: HttpTarget & { readonly name: string }): AlertSink {
  return { name, deliver: (delivery, signal) => httpPost(target, teamsBody(delivery), signal) };
}

/** Under the 28 kB of Teams: deliveryWords are bounded. */
export function teamsBody(delivery: Delivery): string {
  const { title, lines, severity } = deliveryWords(delivery);
  const color = delivery.reason === 'resolved' ? 'Good' : COLORS[severity];
  return JSON.stringify({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [block(title, { weight: 'Bolder', size: 'Medium', color }), ...lines.map((line) => block(line))],
        },
      },
    ],
  });
}

const block = (text: string, more: object = {}): object => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text: withoutFunctions(text), ...more }],
});

/** {{DATE(…)}} is filled in by whoever shows a card. */
const withoutFunctions = (text: string): string => text.replaceAll('{{', '{ {');
