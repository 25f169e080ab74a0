// Alerts by HTTP callback, as Standard Webhooks 1.0.0 has it: three headers, a signature a secret, the same webhook-id on every try.
import type { AlertSink } from '@kaipo/core/api/alert-sink.js';
import { deliveryJson } from './parts/delivery-json.js';
import { type HttpTarget, httpPost } from './parts/http-post.js';
import { webhookSignature } from './parts/standard-signature.js';

export interface WebhookOptions extends HttpTarget {
  readonly name: string;
  /** Empty: without signatures. */
  readonly secrets: readonly Buffer[];
  readonly timeoutMs?: number;
}

export function webhookChannel({ name, secrets, timeoutMs, ...target }: WebhookOptions): AlertSink {
  return {
    name,
    deliver: (delivery, signal) => {
      const body = deliveryJson(delivery);
      // What is signed is id.timestamp.body: an id with a dot would be two things.
      const id = delivery.id.replaceAll(/[^A-Za-z0-9_-]/g, '_');
      const timestampS = Math.floor(Date.now() / 1000);
      const headers: Record<string, string> = { 'webhook-id': id, 'webhook-timestamp': String(timestampS) };
      if (secrets.length > 0) headers['webhook-signature'] = webhookSignature(id, timestampS, body, secrets);
      return httpPost({ ...target, headers }, body, signal, { ...(timeoutMs !== undefined && { timeoutMs }) });
    },
  };
}
