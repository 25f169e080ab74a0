// Alerts by e-mail (SMTP). Mails of one incident are one thread; the id of a mail is that of its delivery, so that one that came twice is
// known. Plain text only. A refusal of the server for good (5xx) is one; everything else is tried again.
import type { AlertSink, Delivery, DeliveryOutcome } from '@kaipo/core/api/alert-sink.js';
import { safeText } from '@kaipo/core/kernel/safe-text.js';
import { deliveryWords } from './parts/delivery-words.js';
import { failureText } from './parts/http-post.js';

const TIMEOUT_MS = 15_000;

export interface EmailOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** `starttls`: asked for, and without it nothing is sent. */
  readonly tls: 'tls' | 'starttls' | 'none';
  readonly from: string;
  readonly to: readonly string[];
  readonly login?: { readonly user: string; readonly password: string };
  /** PEM, instead of the roots that Node.js has. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

export function emailChannel(options: EmailOptions): AlertSink {
  return {
    name: options.name,
    deliver: async (delivery, signal): Promise<DeliveryOutcome> => {
      const { createTransport } = await import('nodemailer');
      const transport = createTransport(transportOptions(options));
      const abort = (): void => transport.close();
      signal.addEventListener('abort', abort, { once: true });
      try {
        await transport.sendMail(mailOf(delivery, options));
        return { kind: 'delivered' };
      } catch (error) {
        return failureOf(error);
      } finally {
        signal.removeEventListener('abort', abort);
        transport.close();
      }
    },
  };
}

function transportOptions({ host, port, tls, login, ca, timeoutMs = TIMEOUT_MS }: EmailOptions) {
  return {
    host,
    port,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Nothing of an alert is a path or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
    tls: { minVersion: 'TLSv1.2' as const, ...(ca !== undefined && { ca }) },
    ...(login !== undefined && { auth: { user: login.user, pass: login.password } }),
  };
}

function mailOf(delivery: Delivery, { from, to }: EmailOptions) {
  const { title, lines, severity } = deliveryWords(delivery);
  const idOf = (text: string): string => `<${text.replaceAll(/[^A-Za-z0-9_-]/g, '_')}@${hostPart(delivery)}>`;
  const [first] = delivery.incidents;
  const thread = delivery.incidents.length === 1 && first !== undefined ? idOf(`incident-${first.id}`) : undefined;
  return {
    from,
    to: [...to],
    subject: title,
    text: `${[title, '', ...lines].join('\n')}\n`,
    messageId: idOf(delivery.id),
    date: new Date(delivery.atUs / 1000),
    ...(thread !== undefined && { references: thread, inReplyTo: thread }),
    priority: severity === 'critical' && delivery.reason !== 'resolved' ? ('high' as const) : ('normal' as const),
    // Nobody's holiday answers it (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

const hostPart = ({ device }: Delivery): string =>
  `${device.hostname.replaceAll(/[^A-Za-z0-9.-]/g, '') || 'localhost'}.kaipo`;

function failureOf(error: unknown): DeliveryOutcome {
  const { responseCode, response } = error as { responseCode?: number; response?: string };
  if (responseCode === undefined) return { kind: 'failed', detail: failureText(error) };
  const detail = `the mail server answered: ${safeText((response ?? String(responseCode)).replaceAll(/\s+/g, ' '), 200)}`;
  // Of the letter or its receivers. A password or a certificate that is wrong today is put right by somebody; until then letters wait.
  const isOfLetter = ['EENVELOPE', 'EMESSAGE'].includes((error as { code?: string }).code ?? '');
  const isForGood = responseCode >= 500 && isOfLetter;
  return { kind: isForGood ? 'refused' : 'failed', detail };
}
